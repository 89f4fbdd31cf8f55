import type { LinguistLanguage } from './language-data.js';

/** Files whose language is not known. */
export const OTHER = 'Other';

/** Tells the language of a file by its name, as linguist's data has it; its content is not looked at. */
export class Languages {
  private readonly byName = new Map<string, string>();
  private readonly byExtension = new Map<string, string>();

  constructor(languages: readonly LinguistLanguage[]) {
    for (const { name, filenames = [], extensions = [] } of languages) {
      for (const one of filenames) if (!this.byName.has(one)) this.byName.set(one, name);
      for (const one of extensions) {
        const extension = one.toLowerCase();
        if (!this.byExtension.has(extension)) this.byExtension.set(extension, name);
      }
    }
  }

  /** The name linguist gives it (`TypeScript`, `C#`), or `Other`. The longest extension counts: `x.d.ts` before `.ts`. */
  of(path: string): string {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const whole = this.byName.get(name);
    if (whole !== undefined) return whole;
    for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
      const found = this.byExtension.get(name.slice(at).toLowerCase());
      if (found !== undefined) return found;
    }
    return OTHER;
  }

  /** Files by language, sorted by its name. */
  count(paths: Iterable<string>): Record<string, number> {
    const counts = new Map<string, number>();
    for (const path of paths) {
      const language = this.of(path);
      counts.set(language, (counts.get(language) ?? 0) + 1);
    }
    return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

let loaded: Promise<Languages> | undefined;

/** Loads linguist's data at the first call and not at the start: some eighty modules. */
export function languages(): Promise<Languages> {
  loaded ??= import('./language-data.js').then(({ LANGUAGES }) => new Languages(LANGUAGES));
  return loaded;
}
