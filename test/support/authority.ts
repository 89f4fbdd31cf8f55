import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An authority that nobody trusts yet, and a server's certificate of it. */
export interface Authority {
  /** PEM file of the authority alone. */
  readonly caFile: string;
  readonly ca: string;
  readonly server: { readonly key: string; readonly cert: string };
  remove(): void;
}

/** Made anew by openssl, so that no key lies in the repository and none runs out. `names`: whom the certificate is for. */
export function makeAuthority(names = 'IP:127.0.0.1,DNS:localhost'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'techspec-ca-'));
  const file = (part: string) => join(folder, part);
  const openssl = (...parameters: string[]) => {
    const { status, stderr, error } = spawnSync('openssl', parameters, { encoding: 'utf8', cwd: folder });
    if (status !== 0) throw new Error(`openssl is needed to make certificates: ${error?.message ?? stderr}`);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test authority');
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  writeFileSync(file('names'), `subjectAltName=${names}`);
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', ...signed, '-days', '2', '-out', 'server.pem');
  const read = (part: string) => readFileSync(file(part), 'utf8');
  return {
    caFile: file('ca.pem'),
    ca: read('ca.pem'),
    server: { key: read('server.key'), cert: read('server.pem') },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
