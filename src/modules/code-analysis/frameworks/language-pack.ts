import { Facts } from '../linking/facts-builder.js';
import type { FileFacts } from '../linking/facts.js';
import type { FrontEnd, ModuleResolverOf } from '../parsing/front-end.js';
import type { Framework } from './framework.js';

/** Everything that belongs to one language, behind one interface. */
export interface LanguagePack {
  readonly language: string;
  readonly extensions: readonly string[];
  readonly resolver: ModuleResolverOf;
  /** Longer files are not read; absent: the limit of sources. */
  readonly maxLength?: number;
  /** Whether a framework may have to do with a file of this text. */
  mayHaveRoutes(path: string, text: string): boolean;
  importsIn(text: string): readonly string[];
  /** Frameworks that count only in a project whose manifest names their package. */
  readonly dependencies: Readonly<Record<string, string>>;
  load(): Promise<void>;
  facts(path: string, text: string): FileFacts;
}

export function languagePack<Source>(parts: {
  readonly frontEnd: FrontEnd<Source>;
  readonly frameworks: readonly Framework<Source>[];
  readonly resolver: ModuleResolverOf;
  readonly maxLength?: number;
}): LanguagePack {
  const { frontEnd, frameworks, resolver, maxLength } = parts;
  const looksAt = (framework: Framework<Source>, path: string, text: string) =>
    (framework.isRouteFile?.(path) ?? true) && framework.prefilter.test(text);
  return {
    language: frontEnd.language,
    extensions: frontEnd.extensions,
    resolver,
    ...(maxLength === undefined ? {} : { maxLength }),
    mayHaveRoutes: (path, text) => frameworks.some((framework) => looksAt(framework, path, text)),
    importsIn: (text) => frontEnd.importsIn(text),
    dependencies: Object.fromEntries(
      frameworks.flatMap(({ name, dependency }) => (dependency ? [[name, dependency]] : [])),
    ),
    load: () => frontEnd.load(),
    facts(path, text) {
      const facts = new Facts(path, frontEnd.language);
      const source = frontEnd.read(text, facts);
      try {
        // A file that is parsed for any reason is read by all: its router may come from elsewhere.
        for (const framework of frameworks) if (framework.isRouteFile?.(path) ?? true) framework.extract(source, facts);
      } finally {
        frontEnd.release?.(source);
      }
      return facts;
    },
  };
}
