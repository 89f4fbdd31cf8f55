import { existsSync } from 'node:fs';
import type { Config } from '../config/config.js';

/** The example of a first session: short enough to read, real enough to be worth running. */
const EXAMPLE = JSON.stringify({
  name: 'Order service',
  brief: {
    projectType: 'web API',
    requirements: [
      'Customers place orders and pay online. 200 orders a minute at peak. Orders are kept for ten years.',
    ],
    techStack: { language: 'TypeScript', database: 'PostgreSQL' },
  },
});

/**
 * What a person sees when the service is ready: where it is, the key if it was made just now, the line to try next.
 * @param key `tsk_{id}.{secret}` when this start made it: shown here once and never again
 */
export function banner(config: Config, address: string, key: string | undefined): string {
  const lines = [`Techspec ${config.version} is ready at ${address}`];
  if (key)
    lines.push(
      '',
      `Your API key, shown once: ${key}`,
      `It is also in ${config.data.dir}/api-key (readable by you alone).`,
    );
  if (config.role !== 'worker') lines.push('', 'Start a session:', `  ${curlLine(address, config, key)}`);
  lines.push('', `Documentation: ${address}/docs`, '');
  return lines.join('\n');
}

function curlLine(address: string, config: Config, key: string | undefined): string {
  // The key of a database that was set up from elsewhere is not in this folder.
  const file = `${config.data.dir}/api-key`;
  const given =
    config.identity.apiKey === undefined && existsSync(file) ? `$(cat ${quote(file)})` : '$TECHSPEC_API_KEY';
  return `curl -s ${address}/v1/sessions -H "Authorization: Bearer ${key ?? given}" -H 'Content-Type: application/json' -d '${EXAMPLE}'`;
}

/** Inside double quotes of a shell a path with spaces needs single quotes of its own. */
const quote = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replace(/'/g, `'\\''`)}'`);

/** The address a person can open: the unspecified address becomes localhost. */
export function shownAddress(config: Config, port: number): string {
  if (config.http.publicUrl) return config.http.publicUrl.replace(/\/$/, '');
  const { host } = config.http;
  const name =
    host === '0.0.0.0' || host === '::'
      ? 'localhost'
      : host.includes(':') && !host.startsWith('[')
        ? `[${host}]`
        : host;
  return `http://${name}:${port}`;
}
