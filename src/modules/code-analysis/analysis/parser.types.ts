import type { FileFacts } from '../linking/facts.js';

/** Turns files into facts, in this thread or in others. */
export interface Parser {
  parse(path: string, text: string): Promise<Parsed>;
  close(): Promise<void>;
}

export type Parsed = { readonly facts: FileFacts } | { readonly skipped: string };
