/** The document as blocks: one description, rendered as Markdown and as HTML, so that the two cannot drift apart. */
import { inlineHtml, inlineMarkdown, plain, type Inline } from './inline.js';

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: Inline }
  | { readonly kind: 'paragraph'; readonly text: Inline }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly Inline[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly Inline[])[] };

export function heading(level: 1 | 2 | 3, text: string): Block {
  return { kind: 'heading', level, text: plain(text) };
}

export function paragraph(...parts: readonly Inline[]): Block {
  return { kind: 'paragraph', text: parts.flat() };
}

/** Nothing when there are no items: an empty section is left out, not padded. */
export function list(items: readonly Inline[], ordered = false): Block[] {
  return items.length === 0 ? [] : [{ kind: 'list', ordered, items }];
}

/** Nothing when there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly Inline[])[]): Block[] {
  return rows.length === 0 ? [] : [{ kind: 'table', head, rows }];
}

export function markdownOf(blocks: readonly Block[]): string {
  return `${blocks.map(blockMarkdown).join('\n\n')}\n`;
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${inlineMarkdown(block.text)}`;
    case 'paragraph':
      return lineStart(inlineMarkdown(block.text));
    case 'list':
      return block.items
        .map((item, index) => `${block.ordered ? `${index + 1}.` : '-'} ${inlineMarkdown(item)}`)
        .join('\n');
    case 'table':
      return tableMarkdown(block.head, block.rows);
  }
}

/** A paragraph must not turn into a heading, a list, a quote or a rule by its first character. */
function lineStart(text: string): string {
  return text.replace(/^([#>+-]|\d+(?=[.)]))/, '\\$1');
}

function tableMarkdown(head: readonly string[], rows: readonly (readonly Inline[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head.map((cell) => inlineMarkdown(plain(cell)))),
    line(head.map(() => '---')),
    ...rows.map((row) => line(head.map((_title, column) => inlineMarkdown(row[column] ?? [])))),
  ].join('\n');
}

export function htmlOf(blocks: readonly Block[]): string {
  return blocks.map(blockHtml).join('\n');
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${inlineHtml(block.text)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${inlineHtml(block.text)}</p>`;
    case 'list': {
      const tag = block.ordered ? 'ol' : 'ul';
      return `<${tag}>${block.items.map((item) => `<li>${inlineHtml(item)}</li>`).join('')}</${tag}>`;
    }
    case 'table':
      return tableHtml(block.head, block.rows);
  }
}

function tableHtml(head: readonly string[], rows: readonly (readonly Inline[])[]): string {
  const top = head.map((cell) => `<th scope="col">${inlineHtml(plain(cell))}</th>`).join('');
  const body = rows.map(
    (row) => `<tr>${head.map((_title, column) => `<td>${inlineHtml(row[column] ?? [])}</td>`).join('')}</tr>`,
  );
  return `<table><thead><tr>${top}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}
