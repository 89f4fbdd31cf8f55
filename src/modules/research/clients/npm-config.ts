import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { NpmEnvironment } from '../../../config/config.js';
import { AppError } from '../../../shared/errors/app-error.js';
import { parseNpmrc, settingsFromEnvironment, type NpmSettings } from './npmrc.js';

/** npm's documented default of the `registry` setting (`npm help config`); used only when the user configured none. */
const DEFAULT_REGISTRY_HOST = 'registry.npmjs.org';

/** How one registry is to be called. */
export interface RegistryAddress {
  /** Ends with `/`, without user and password. */
  readonly url: URL;
  /** Value of the Authorization header. */
  readonly authorization?: string;
  readonly proxy?: string;
  readonly ca?: readonly string[];
  readonly strictTls: boolean;
}

export type FileReader = (path: string) => string | undefined;

/** A file that is missing or may not be read is no configuration, as for npm itself. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * What npm would use for a package, from the same places in the same order: environment (`npm_config_*`), the
 * project's .npmrc, the user's, the global one, npm's defaults. Files are read once, when it is made.
 */
export class NpmConfig {
  private readonly layers: readonly NpmSettings[];
  /** By scope; reading one may mean reading a file of certificates. */
  private readonly addresses = new Map<string, RegistryAddress>();

  constructor(
    private readonly environment: NpmEnvironment,
    private readonly read: FileReader = readIfThere,
  ) {
    const { env, home, project } = environment;
    const fromEnvironment = settingsFromEnvironment(env);
    const prefix = textOf(fromEnvironment.get('prefix')) ?? env['PREFIX'] ?? dirname(dirname(process.execPath));
    const files = [
      join(project, '.npmrc'),
      textOf(fromEnvironment.get('userconfig')) ?? join(home, '.npmrc'),
      textOf(fromEnvironment.get('globalconfig')) ?? join(prefix, 'etc', 'npmrc'),
    ];
    this.layers = [fromEnvironment, ...files.map((file) => parseNpmrc(read(file) ?? '', env))];
  }

  /**
   * The registry of a package: that of its scope, else the default one.
   * @throws AppError `npm_registry_invalid` when the configured address is none.
   */
  addressOf(packageName: string): RegistryAddress {
    const scope = /^(@[^/]+)\//.exec(packageName)?.[1] ?? '';
    const known = this.addresses.get(scope);
    if (known !== undefined) return known;
    const address = this.readAddress(scope);
    this.addresses.set(scope, address);
    return address;
  }

  private readAddress(scope: string): RegistryAddress {
    const scoped = scope === '' ? undefined : this.text(`${scope}:registry`);
    const url = registryUrl(scoped ?? this.text('registry') ?? `https://${DEFAULT_REGISTRY_HOST}/`);
    const authorization = this.authorizationOf(url) ?? basicOf(url);
    url.username = '';
    url.password = '';
    return {
      url,
      authorization,
      proxy: this.proxyOf(url),
      ca: this.authorities(),
      strictTls: this.text('strict-ssl') !== 'false',
    };
  }

  /**
   * Where a package file is really fetched: records of a mirror often still name npm's default host (or, with
   * `replace-registry-host=always`, any host), and npm then asks the configured registry instead.
   */
  fileUrl(tarball: string, registry: RegistryAddress): URL | undefined {
    if (!URL.canParse(tarball)) return undefined;
    const url = new URL(tarball);
    const rule = this.text('replace-registry-host') ?? 'npmjs';
    const host = rule === 'npmjs' ? DEFAULT_REGISTRY_HOST : rule;
    if (rule !== 'never' && (rule === 'always' || url.hostname === host)) {
      const base = url.pathname.startsWith(registry.url.pathname) ? `${registry.url.origin}/` : registry.url.href;
      return new URL(url.pathname.replace(/^\/+/, '') + url.search, base);
    }
    return url.origin === registry.url.origin ? url : undefined;
  }

  /** Credentials are bound to a registry by `//host/path/`; the longest matching path wins. */
  private authorizationOf(url: URL): string | undefined {
    for (let path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`; ; path = parentOf(path)) {
      const key = `//${url.host}${path}`;
      const found = this.credentials(key) ?? this.credentials(key.slice(0, -1));
      if (found !== undefined || path === '/') return found;
    }
  }

  private credentials(key: string): string | undefined {
    const token = this.text(`${key}:_authToken`);
    if (token !== undefined) return `Bearer ${token}`;
    const basic = this.text(`${key}:_auth`);
    if (basic !== undefined) return `Basic ${basic}`;
    const user = this.text(`${key}:username`);
    const password = this.text(`${key}:_password`);
    if (user === undefined || password === undefined) return undefined;
    // npm stores the password in base64 and the pair once more.
    const plain = Buffer.from(password, 'base64').toString('utf8');
    return `Basic ${Buffer.from(`${user}:${plain}`).toString('base64')}`;
  }

  private proxyOf(url: URL): string | undefined {
    if (this.bypassesProxy(url.hostname)) return undefined;
    const configured = this.text('https-proxy') ?? this.text('proxy');
    if (configured !== undefined) return configured === 'false' ? undefined : configured;
    const fromEnvironment = url.protocol === 'https:' ? ['https_proxy'] : ['https_proxy', 'http_proxy', 'proxy'];
    return this.variable(...fromEnvironment);
  }

  private bypassesProxy(hostname: string): boolean {
    const rule = this.all('noproxy').join(',') || this.variable('no_proxy') || '';
    const host = hostname.toLowerCase();
    return rule
      .split(',')
      .map((entry) => entry.trim().toLowerCase().replace(/^\./, ''))
      .some((entry) => entry !== '' && (entry === '*' || host === entry || host.endsWith(`.${entry}`)));
  }

  private authorities(): readonly string[] | undefined {
    const file = this.text('cafile');
    const path = file?.startsWith('~/') ? join(this.environment.home, file.slice(2)) : file;
    const bundle = path === undefined ? undefined : this.read(resolve(this.environment.project, path));
    if (bundle !== undefined) {
      return bundle.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? undefined;
    }
    const ca = this.all('ca');
    return ca.length === 0 ? undefined : ca;
  }

  private all(key: string): readonly string[] {
    for (const layer of this.layers) {
      const value = layer.get(key);
      if (value === undefined || value === 'null' || value === '') continue;
      return typeof value === 'string' ? [value] : value;
    }
    return [];
  }

  private text(key: string): string | undefined {
    return this.all(key)[0];
  }

  /** Of the plain environment, in either case. */
  private variable(...names: readonly string[]): string | undefined {
    return names.map((name) => this.environment.env[name] ?? this.environment.env[name.toUpperCase()]).find(Boolean);
  }
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/', path.length - 2) + 1);
}

function basicOf(url: URL): string | undefined {
  if (url.username === '') return undefined;
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function registryUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new AppError(
      'unavailable',
      'npm_registry_invalid',
      'The configured npm registry is not an http or https address; correct it with: npm config set registry ADDRESS',
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  url.search = '';
  url.hash = '';
  return url;
}
