import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';

/** The page at /docs: one file of ours with its script and style inside, allowed by their hashes and nothing else. */
@Injectable()
export class DocsPage {
  readonly html: string;
  readonly policy: string;

  constructor(config: Config) {
    const page = readFileSync(join(config.root, 'web', 'docs.html'), 'utf8');
    const catalogue = readFileSync(join(config.root, 'docs', 'errors.md'), 'utf8');
    this.html = page.replace('<!-- errors -->', () => errorRows(catalogue));
    this.policy = [
      `default-src 'none'`,
      `script-src ${hashes(page, 'script')}`,
      `style-src ${hashes(page, 'style')}`,
      `connect-src 'self'`,
      `base-uri 'none'`,
      `form-action 'none'`,
      `frame-ancestors 'none'`,
    ].join('; ');
  }
}

function hashes(page: string, element: 'script' | 'style'): string {
  const bodies = page
    .split(`<${element}>`)
    .slice(1)
    .map((rest) => rest.split(`</${element}>`, 1)[0] ?? '');
  return bodies.map((body) => `'sha256-${createHash('sha256').update(body).digest('base64')}'`).join(' ') || `'none'`;
}

/** One row of `docs/errors.md`: `| code | status | meaning |`. */
export interface CatalogueEntry {
  readonly code: string;
  readonly status: string;
  readonly meaning: string;
}

export function readCatalogue(markdown: string): CatalogueEntry[] {
  return [...markdown.matchAll(/^\| `([\w-]+)` {1,80}\| (\d{3}) {1,20}\| (.+)\|$/gm)].map(
    ([, code, status, meaning]) => ({
      code: code ?? '',
      status: status ?? '',
      meaning: meaning?.trim() ?? '',
    }),
  );
}

function errorRows(markdown: string): string {
  return readCatalogue(markdown)
    .map(({ code, status, meaning }) => {
      const text = escapeHtml(meaning).replace(/`([^`]+)`/g, '<code>$1</code>');
      return `<tr id="error-${code}"><td><code>${code}</code></td><td>${status}</td><td>${text}</td></tr>`;
    })
    .join('\n');
}

const escapeHtml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
