import { Facts } from '../linking/facts-builder.js';
import type { FileFacts } from '../linking/facts.js';
import type { FrontEnd, ModuleResolverOf } from '../parsing/front-end.js';
import type { Framework } from './framework.js';

/** Everything that belongs to one language, behind one interface. */
export interface LanguagePack {
  readonly language: string;
  readonly extensions: readonly string[];
  readonly resolver: ModuleResolverOf;
  /** Whether a framework may have to do with a file of this text. */
  mayHaveRoutes(text: string): boolean;
  load(): Promise<void>;
  facts(path: string, text: string): FileFacts;
}

export function languagePack<Source>(parts: {
  readonly frontEnd: FrontEnd<Source>;
  readonly frameworks: readonly Framework<Source>[];
  readonly resolver: ModuleResolverOf;
}): LanguagePack {
  const { frontEnd, frameworks, resolver } = parts;
  return {
    language: frontEnd.language,
    extensions: frontEnd.extensions,
    resolver,
    mayHaveRoutes: (text) => frameworks.some(({ prefilter }) => prefilter.test(text)),
    load: () => frontEnd.load(),
    facts(path, text) {
      const facts = new Facts(path, frontEnd.language);
      const source = frontEnd.read(text, facts);
      try {
        for (const framework of frameworks) if (framework.prefilter.test(text)) framework.extract(source, facts);
      } finally {
        frontEnd.release?.(source);
      }
      return facts;
    },
  };
}
