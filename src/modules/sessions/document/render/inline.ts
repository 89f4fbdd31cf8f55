/**
 * Text inside a block. Own texts carry three marks (`**strong**`, `*default*`, `` `code` ``) and are parsed; words of the brief and
 * of the outside are plain and never parsed. Both renderers escape whatever is left, so neither marks nor HTML can be smuggled in.
 */
export type Span = { readonly kind: 'text' | 'strong' | 'emphasis' | 'code'; readonly text: string };
export type Inline = readonly Span[];

/** Words as they are, without marks: quotes of the brief, names from outside. */
export function plain(text: string): Inline {
  return text === '' ? [] : [{ kind: 'text', text }];
}

export function strong(text: string): Inline {
  return [{ kind: 'strong', text }];
}

export function code(text: string): Inline {
  return [{ kind: 'code', text }];
}

const MARKS = /\*\*([^*\n]+)\*\*|\*([^*\s](?:[^*\n]*[^*\s])?)\*|`([^`\n]+)`/g;

/** Own text with marks. */
export function rich(text: string): Inline {
  const spans: Span[] = [];
  let at = 0;
  for (const match of text.matchAll(MARKS)) {
    if (match.index > at) spans.push({ kind: 'text', text: text.slice(at, match.index) });
    spans.push(spanOf(match));
    at = match.index + match[0].length;
  }
  if (at < text.length) spans.push({ kind: 'text', text: text.slice(at) });
  return spans;
}

function spanOf([, bold, italic, verbatim]: RegExpMatchArray): Span {
  if (bold !== undefined) return { kind: 'strong', text: bold };
  if (italic !== undefined) return { kind: 'emphasis', text: italic };
  return { kind: 'code', text: verbatim ?? '' };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const TAGS = { text: undefined, strong: 'strong', emphasis: 'em', code: 'code' } as const;

export function inlineHtml(inline: Inline): string {
  return inline
    .map(({ kind, text }) => {
      const tag = TAGS[kind];
      return tag === undefined ? escapeHtml(text) : `<${tag}>${escapeHtml(text)}</${tag}>`;
    })
    .join('');
}

/** Markdown on one line: a line break inside would end a table row or a list item. */
export function inlineMarkdown(inline: Inline): string {
  return inline
    .map(({ kind, text }) => {
      const line = text.replace(/\s+/g, ' ');
      if (kind === 'code') return `\`${line.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
      const safe = escapeMarkdown(line);
      if (kind === 'text') return safe;
      return kind === 'strong' ? `**${safe}**` : `*${safe}*`;
    })
    .join('');
}

/** Escapes what would open markup: backslash, back-tick, star, pipe, angle bracket, and the middle of a link. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*|<]/g, '\\$&')
    .replaceAll('](', ']\\(')
    .replaceAll('&', (ampersand, at: number, all: string) => (/^&#?\w+;/.test(all.slice(at)) ? '\\&' : ampersand));
}
