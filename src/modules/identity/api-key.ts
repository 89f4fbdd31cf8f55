import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { KEY_FORM } from '../../http/presented-key.js';

/** The two halves of `tsk_{id}.{secret}`: the id is no secret and may be logged. */
export interface ApiKey {
  readonly id: string;
  readonly secret: string;
}

const SECRET_BYTES = 32;

export function parseApiKey(text: string): ApiKey | undefined {
  const match = KEY_FORM.exec(text);
  return match?.[1] && match[2] ? { id: match[1], secret: match[2] } : undefined;
}

/** Id of a new key: unique by 64 random bits, and no secret. */
export const newKeyId = (): string => randomBytes(8).toString('hex');

/** A new key of 256 random bits under the given id. */
export function makeApiKey(id: string): ApiKey {
  return { id, secret: randomBytes(SECRET_BYTES).toString('base64url') };
}

export const keyText = ({ id, secret }: ApiKey): string => `tsk_${id}.${secret}`;

/** A plain hash is enough: a random secret of 256 bits can't be guessed, so there is nothing to slow down. */
export const hashSecret = (secret: string): Buffer => hash('sha256', secret, 'buffer');

/** Compared in place of an unknown key's hash, so that the answer takes as long as for a known one. */
const NOBODY = hashSecret(randomBytes(SECRET_BYTES).toString('hex'));

/** Constant-time comparison of a presented secret's hash; without a stored one it compares with a dummy and says no. */
export function digestMatches(presented: Buffer, stored: Buffer | undefined): boolean {
  const equal = timingSafeEqual(presented, stored?.length === NOBODY.length ? stored : NOBODY);
  return equal && stored !== undefined;
}
