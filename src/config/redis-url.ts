export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** What REDIS_URL says. */
export interface RedisAddress {
  readonly topology: 'single' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  /** One server, the Sentinels, or the members of the cluster that are asked first. */
  readonly nodes: readonly RedisNode[];
  /** Name of the primary that the Sentinels watch; only there. */
  readonly primaryName?: string;
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
}

/** Why an address can't be used; says what would be right and never repeats the address, which may hold a password. */
export class RedisUrlError extends Error {
  constructor(problem: string) {
    super(`${problem}; accepted are ${FORMS}`);
    this.name = 'RedisUrlError';
  }
}

const FORMS =
  'redis://[user:password@]host[:6379][/db], redis+sentinel://[user:password@]host[:26379][,host…]/name[?db=0] and ' +
  'redis+cluster://[user:password@]host[:6379][,host…], each with rediss instead of redis for TLS';

const ADDRESS = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i;
const NODE = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/i;
const MOST_DATABASES = 1_000_000;

/**
 * Reads the address of one server, of Sentinels or of a cluster.
 * @throws RedisUrlError
 */
export function parseRedisUrl(text: string): RedisAddress {
  const match = ADDRESS.exec(text.trim());
  if (!match) throw new RedisUrlError('has none of the accepted forms');
  const [, scheme = '', kind = 'single', userInfo, hosts = '', path = '', query = ''] = match;
  const topology = kind.toLowerCase() as RedisAddress['topology'];
  const options = readQuery(query);
  return {
    topology,
    tls: scheme.toLowerCase() === 'rediss',
    nodes: readNodes(hosts, topology),
    ...(topology === 'sentinel' ? { primaryName: readName(path) } : {}),
    ...readUser(userInfo),
    database: readDatabase(topology, path, options),
  };
}

function readNodes(hosts: string, topology: RedisAddress['topology']): readonly RedisNode[] {
  const texts = hosts.split(',');
  if (topology === 'single' && texts.length > 1)
    throw new RedisUrlError('names several hosts without saying whether they are Sentinels or a cluster');
  return texts.map((text) => {
    const [, address, name, port] = NODE.exec(text.trim()) ?? [];
    const host = address ?? name;
    const number = port === undefined ? (topology === 'sentinel' ? 26_379 : 6379) : Number(port);
    if (host === undefined) throw new RedisUrlError('needs a host name or address, and after a colon its port');
    if (number < 1 || number > 65_535) throw new RedisUrlError('has a port outside of 1 to 65535');
    return { host, port: number };
  });
}

function readUser(userInfo: string | undefined): Pick<RedisAddress, 'username' | 'password'> {
  if (userInfo === undefined) return {};
  const colon = userInfo.indexOf(':');
  const username = decode(colon < 0 ? userInfo : userInfo.slice(0, colon));
  const password = colon < 0 ? '' : decode(userInfo.slice(colon + 1));
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

function readName(path: string): string {
  const name = decode(path);
  if (!name || name.includes('/')) throw new RedisUrlError('must name the primary that the Sentinels watch');
  return name;
}

function readQuery(query: string): URLSearchParams {
  const options = new URLSearchParams(query);
  for (const name of options.keys()) if (name !== 'db') throw new RedisUrlError('has an option other than db');
  return options;
}

function readDatabase(topology: RedisAddress['topology'], path: string, options: URLSearchParams): number {
  const inPath = topology === 'sentinel' ? '' : path;
  const text = options.get('db') ?? (inPath || '0');
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > MOST_DATABASES) throw new RedisUrlError('must have a whole number as database');
  if (inPath && Number(inPath) !== number) throw new RedisUrlError('names two databases');
  if (topology === 'cluster' && number !== 0) throw new RedisUrlError('names a database, and a cluster has only 0');
  return number;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlError('has a % that is not followed by two hexadecimal digits (write %25)');
  }
}
