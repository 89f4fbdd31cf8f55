import { type Setting, SETTINGS } from './settings.js';

/** The text of `.env.example`: every setting with its default and meaning; a spec compares the file with it. */
export function envExample(): string {
  const head =
    '# Every setting with its default. Copy what you change into the environment; unset is fine for all of them.\n';
  return `${head}\n${SETTINGS.map(entry).join('\n')}`;
}

function entry({ name, help, aliases, default: value }: Setting): string {
  const old = aliases?.length
    ? ` (old name: ${aliases.map((alias) => alias.name + (alias.convert ? ', in seconds' : '')).join(', ')})`
    : '';
  return `# ${help}${old}\n${value === undefined ? `# ${name}=` : `${name}=${value}`}\n`;
}
