import { languageOf } from '../frameworks/languages.js';
import type { Parsed, Parser } from './parser.types.js';

/** Parses in this thread: for tests and inside the threads of the pool. */
export class InlineParser implements Parser {
  private readonly loaded = new Map<string, Promise<void>>();

  async parse(path: string, text: string): Promise<Parsed> {
    const language = languageOf(path);
    if (!language) return { skipped: 'no language that is known' };
    const loading = this.loaded.get(language.language) ?? language.load();
    this.loaded.set(language.language, loading);
    await loading;
    try {
      return { facts: language.facts(path, text) };
    } catch (error) {
      return { skipped: error instanceof Error ? error.message.slice(0, 200) : 'the parser failed' };
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
