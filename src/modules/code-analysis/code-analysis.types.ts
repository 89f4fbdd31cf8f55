import type { FileFacts } from './linking/facts.js';

/** A file of the analysed code. Only manifests need their content; other files count by their name. */
export interface CodeFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly content: string;
}

/** Something that the code says is in use, and where it says so. */
export interface StackEntry {
  /** A key of the rule set (`postgresql`, `nestjs`), a package name (`pg-boss`) or a language (`TypeScript`), lower case. */
  readonly name: string;
  readonly kind: 'technology' | 'dependency' | 'language';
  /** What kind of technology the rules take it for: `db`, `framework`, `queue` … */
  readonly type?: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The line itself, trimmed, at most 120 characters. */
  readonly words: string;
  /** As the manifest writes it: `^8.23.1`. */
  readonly version?: string;
}

/** The files of a code base, read when they are needed. */
export interface Project {
  /** Relative to the root, with `/`, sorted. */
  readonly paths: readonly string[];
  /** Undefined for what is not there or can't be read. */
  text(path: string): string | undefined;
}

/** How an endpoint was derived: `high` from literals and resolved names; `medium` with a guess that is usually right; `low` with a part unresolved. */
export type Confidence = 'high' | 'medium' | 'low';

/** What a program offers: found in its code, with the place of the handler and of each prefix. */
export interface Endpoint {
  /** Upper case: `GET` … , `WS`, `QUERY`, `MUTATION`, `SUBSCRIPTION`. */
  readonly method: string;
  /** `/users/{id}`. */
  readonly path: string;
  readonly params: readonly EndpointParam[];
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly framework: string;
  readonly confidence: Confidence;
  /** Where its prefixes are set, from the application down. */
  readonly via: readonly EndpointVia[];
}

export interface EndpointParam {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body' | 'form';
  /** As the code writes it. */
  readonly type?: string;
  readonly required?: boolean;
}

export interface EndpointVia {
  readonly file: string;
  readonly line: number;
  readonly prefix: string;
}

export interface SkippedFile {
  readonly file: string;
  /** A sentence for people. */
  readonly reason: string;
}

/** Facts by the hash of path and content, so that an unchanged file is not parsed again. */
export interface FactsCache {
  get(key: string): FileFacts | undefined;
  set(key: string, facts: FileFacts): void;
}

/** The endpoints of a code base, sorted by path and method, and how they were come by. */
export interface Inference {
  readonly endpoints: readonly Endpoint[];
  /** Operations of OpenAPI files, sorted, for drift; they are endpoints too where code is made from the file, or there is no other. */
  readonly specified: readonly Endpoint[];
  readonly stats: {
    /** Files of a language that is read, tests left out. */
    readonly sources: number;
    /** Those that may have to do with routes. */
    readonly parsed: number;
    /** Of those, taken from the cache. */
    readonly cached: number;
    /** Sorted by file. */
    readonly skipped: readonly SkippedFile[];
  };
}
