import { isSecret, makeApiKey } from './api-key.js';

describe('a secret that was right before', () => {
  const { secret } = makeApiKey('firstkey');
  const right = Buffer.from(secret, 'latin1');

  it('is right again, and no other is', () => {
    expect(isSecret(secret, right)).toBe(true);
    expect(isSecret(makeApiKey('firstkey').secret, right)).toBe(false);
    expect(isSecret(secret.slice(1), right)).toBe(false);
    expect(isSecret(`${secret}A`, right)).toBe(false);
  });

  it('is never the dummy that stands in where none is known', () => {
    expect(isSecret(secret, undefined)).toBe(false);
    expect(isSecret('A'.repeat(32), undefined)).toBe(false);
  });
});
