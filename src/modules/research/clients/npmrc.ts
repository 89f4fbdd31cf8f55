/** Settings of one .npmrc or of the environment, as npm names them: `registry`, `@scope:registry`, `//host/:_authToken`. */
export type NpmSettings = ReadonlyMap<string, string | readonly string[]>;

type Environment = Readonly<Record<string, string>>;

/** `${NAME}`, `${NAME?}` (empty when unset) and backslashes in front, as `npm help npmrc` describes. */
const REFERENCE = /(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}/g;

function expand(text: string, env: Environment): string {
  return text.replace(REFERENCE, (whole: string, slashes: string, name: string, optional?: string) => {
    if (slashes.length % 2 === 1) return whole.slice((slashes.length + 1) / 2);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    return slashes.slice(slashes.length / 2) + (value ?? (optional === undefined ? `\${${name}}` : ''));
  });
}

/** An ini value: quoted text is JSON, otherwise it ends at an unescaped `;` or `#`. */
function unquoted(raw: string): string {
  const text = raw.trim();
  const quote = text.charAt(0);
  if (text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote)) return fromQuoted(text, quote);
  const match = /^((?:\\.|[^\\;#])*)/s.exec(text);
  return (match?.[1] ?? '').replace(/\\([;#\\])/g, '$1').trim();
}

function fromQuoted(text: string, quote: string): string {
  const inner = text.slice(1, -1);
  if (quote === "'") return inner;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : inner;
  } catch {
    return inner;
  }
}

/** A line `key = value` or `key` alone, which means true; undefined for blanks, comments and section heads. */
function readLine(line: string): readonly [key: string, value: string] | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith(';') || text.startsWith('#')) return undefined;
  const at = text.indexOf('=');
  return at < 0 ? [unquoted(text), 'true'] : [unquoted(text.slice(0, at)), unquoted(text.slice(at + 1))];
}

/**
 * Reads the text of an .npmrc. Later lines win, `key[]` collects a list. What is inside an ini section is left out, as
 * npm does. Any text is accepted: a line that makes no sense is a setting nobody asks for.
 */
export function parseNpmrc(text: string, env: Environment): NpmSettings {
  const settings = new Map<string, string | readonly string[]>();
  for (const line of text.split(/[\r\n]+/)) {
    if (/^\s*\[[^\]]*\]\s*$/.test(line)) break;
    const entry = readLine(line);
    if (entry === undefined || entry[0] === '') continue;
    const key = expand(entry[0], env);
    const value = expand(entry[1], env);
    if (!key.endsWith('[]')) settings.set(key, value);
    else {
      const name = key.slice(0, -2);
      const before = settings.get(name);
      settings.set(name, [...(Array.isArray(before) ? (before as string[]) : []), value]);
    }
  }
  return settings;
}

/** `npm_config_https_proxy` is `https-proxy`; keys of one registry (`npm_config_//host/:_authToken`) stay as they are. */
export function settingsFromEnvironment(env: Environment): NpmSettings {
  const settings = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (!/^npm_config_/i.test(name) || value === '') continue;
    const key = name.slice('npm_config_'.length);
    settings.set(key.startsWith('//') ? key : key.replace(/(?!^)_/g, '-').toLowerCase(), expand(value, env));
  }
  return settings;
}
