import fc from 'fast-check';
import { NpmConfig } from './npm-config.js';
import { parseNpmrc } from './npmrc.js';

const at = (files: Record<string, string>, env: Record<string, string> = {}) =>
  new NpmConfig({ env: { npm_config_prefix: '/usr', ...env }, home: '/home/u', project: '/p' }, (path) => files[path]);

describe('npm configuration', () => {
  it('gives npm’s default registry when nothing is configured', () => {
    const address = at({}).addressOf('left-pad');
    expect(address.url.href).toBe(`https://${['registry', 'npmjs', 'org'].join('.')}/`);
    expect(address).toMatchObject({ authorization: undefined, proxy: undefined, ca: undefined, strictTls: true });
  });

  it('lets the environment win over the project, the project over the user, the user over the global file', () => {
    const files = {
      '/p/.npmrc': 'registry=http://project:1/',
      '/home/u/.npmrc': 'registry=http://user:1/',
      '/usr/etc/npmrc': 'registry=http://global:1/',
    };
    expect(at(files, { npm_config_registry: 'http://env:1' }).addressOf('a').url.href).toBe('http://env:1/');
    expect(at(files).addressOf('a').url.host).toBe('project:1');
    expect(at({ ...files, '/p/.npmrc': '' }).addressOf('a').url.host).toBe('user:1');
    expect(at({ '/usr/etc/npmrc': 'registry=http://global:1' }).addressOf('a').url.host).toBe('global:1');
  });

  it('sends a scope to its own registry with its own token, and no token elsewhere', () => {
    const config = at(
      { '/home/u/.npmrc': '@acme:registry=https://npm.acme.test/repo/\n//npm.acme.test/repo/:_authToken=${ACME}\n' },
      { ACME: 's3cret' },
    );
    expect(config.addressOf('@acme/x')).toMatchObject({ authorization: 'Bearer s3cret' });
    expect(config.addressOf('@acme/x').url.href).toBe('https://npm.acme.test/repo/');
    expect(config.addressOf('@other/x').authorization).toBeUndefined();
  });

  it('finds credentials of a parent path, and as _auth or user and password', () => {
    const config = at({
      '/home/u/.npmrc': [
        '//a.test/:_auth=dTpw',
        '//b.test/:username=u',
        `//b.test/:_password=${Buffer.from('p:w').toString('base64')}`,
        '@a:registry=https://a.test/x/y/',
        '@b:registry=https://b.test',
      ].join('\n'),
    });
    expect(config.addressOf('@a/p').authorization).toBe('Basic dTpw');
    expect(config.addressOf('@b/p').authorization).toBe(`Basic ${Buffer.from('u:p:w').toString('base64')}`);
  });

  it('does not let a registry with another port or a longer host name have the token', () => {
    const files = {
      '/home/u/.npmrc':
        '//a.test/:_authToken=t\n@x:registry=https://a.test:444/\n@y:registry=https://a.test.evil.test/',
    };
    expect(at(files).addressOf('@x/p').authorization).toBeUndefined();
    expect(at(files).addressOf('@y/p').authorization).toBeUndefined();
  });

  it('takes user and password out of an address', () => {
    const address = at({ '/p/.npmrc': 'registry=https://u:p%40@a.test/' }).addressOf('x');
    expect(address.url.href).toBe('https://a.test/');
    expect(address.authorization).toBe(`Basic ${Buffer.from('u:p@').toString('base64')}`);
  });

  it('reads proxy and noproxy, and the variables npm honours', () => {
    const proxied = at({
      '/p/.npmrc':
        'https-proxy=http://proxy:3128\nnoproxy=.internal.test,localhost\n@i:registry=http://npm.internal.test/',
    });
    expect(proxied.addressOf('x').proxy).toBe('http://proxy:3128');
    expect(proxied.addressOf('@i/x').proxy).toBeUndefined();
    expect(at({}, { HTTPS_PROXY: 'http://env:1' }).addressOf('x').proxy).toBe('http://env:1');
    expect(at({}, { HTTPS_PROXY: 'http://env:1', no_proxy: '*' }).addressOf('x').proxy).toBeUndefined();
  });

  it('reads cafile as a list of certificates, relative to home and project, and strict-ssl', () => {
    const pem = (x: string) => `-----BEGIN CERTIFICATE-----\n${x}\n-----END CERTIFICATE-----`;
    const config = at({
      '/p/.npmrc': 'cafile=~/ca.pem\nstrict-ssl=false',
      '/home/u/ca.pem': `# one\n${pem('A')}\n${pem('B')}\n`,
    });
    expect(config.addressOf('x')).toMatchObject({ ca: [pem('A'), pem('B')], strictTls: false });
    expect(at({ '/p/.npmrc': `ca="${pem('C').replaceAll('\n', '\\n')}"` }).addressOf('x').ca).toEqual([pem('C')]);
  });

  it('asks the configured registry for files of records that name npm’s default host, and no third host', () => {
    const config = at({ '/p/.npmrc': 'registry=http://mirror.test:4873/' });
    const registry = config.addressOf('x');
    const named = (host: string) => config.fileUrl(`https://${host}/x/-/x-1.0.0.tgz`, registry)?.href;
    expect(named(['registry', 'npmjs', 'org'].join('.'))).toBe('http://mirror.test:4873/x/-/x-1.0.0.tgz');
    expect(named('elsewhere.test')).toBeUndefined();
    expect(config.fileUrl('not an address', registry)).toBeUndefined();
  });

  it('refuses an address that is none, with the remedy', () => {
    expect(() => at({ '/p/.npmrc': 'registry=ftp://a' }).addressOf('x')).toThrow('npm config set registry');
  });
});

describe('.npmrc text', () => {
  it('reads comments, quotes, lists, escapes and references like npm', () => {
    const text = [
      '; c',
      '# c',
      'a = 1 ; rest',
      'b="x;y"',
      "c='z#z'",
      'd',
      'ca[]=1',
      'ca[] = 2',
      'u=${NO}',
      'v=${NO?}',
      'w=\\${A}',
      '[s]',
      'in=1',
    ];
    expect(Object.fromEntries(parseNpmrc(text.join('\r\n'), { A: 'aa' }))).toEqual({
      a: '1',
      b: 'x;y',
      c: 'z#z',
      d: 'true',
      ca: ['1', '2'],
      u: '${NO}',
      v: '',
      w: '${A}',
    });
  });

  it('reads any text without failing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseNpmrc(text, {}) instanceof Map));
  });

  it('gives back every plain value that was written', () => {
    const word = fc.stringMatching(/^[A-Za-z][\w:/.@-]{0,20}$/).filter((key) => key !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(word, fc.stringMatching(/^[\w:/.@=+-]{1,30}$/)), (settings) => {
        const text = Object.entries(settings)
          .map(([key, value]) => `${key} = ${value}`)
          .join('\n');
        expect(Object.fromEntries(parseNpmrc(text, {}))).toEqual({ ...settings });
      }),
    );
  });
});
