/**
 * A brief as a Markdown file, for the command line. Form: `# name`, `Project type: …`, `## Requirements` with bullets,
 * `## Tech stack` and `## Constraints` with `key: value` bullets; or the same keys as front matter. Plain text works too:
 * the first heading or line is the name, every bullet or paragraph a requirement. No text is dropped in silence.
 */
import { AppError } from '../../../shared/errors/app-error.js';
import type { Category } from '../../research/research.types.js';
import type { Brief, BriefConstraints } from '../sessions.types.js';
import { briefMistakes, invalidBrief, MAX_BRIEF_BYTES } from './brief-mistakes.js';

type Section = 'head' | 'requirements' | 'stack' | 'constraints';

interface Parts {
  name: string;
  projectType: string;
  readonly requirements: string[];
  readonly stack: Record<string, string>;
  readonly constraintLines: string[];
}

const HEADING = /^#{1,6}\s(.*)$/u;
const CLOSING_HASHES = /(?<!#)#+$/u;
const BULLET = /^\s{0,8}(?:[-*+•]|\d{1,3}[.)])\s(.*)$/u;
const PAIR = /^(\p{L}[\p{L} _/-]{0,40}?)\s{0,9}[:=]\s*(\S.*)$/u;
const TYPE_LINE = /^\*{0,3}project\s?-?type\*{0,3}\s{0,9}:\*{0,3}(.+)$/iu;

const SECTIONS: readonly (readonly [RegExp, Section])[] = [
  [/^(?:tech(?:nology|nical)?[ -]?stack|stack|technolog(?:y|ies))$/iu, 'stack'],
  [/^(?:constraints?|limits?)$/iu, 'constraints'],
  [/./u, 'requirements'],
];

const sectionOf = (title: string): Section => SECTIONS.find(([test]) => test.test(title.trim()))?.[1] ?? 'requirements';

function frontLine(line: string, parts: Parts): void {
  const [, key, value] = PAIR.exec(line) ?? [];
  if (key === undefined || value === undefined) return;
  const plain = value.replace(/^(["'])(.*)\1$/u, '$2');
  const known = key.toLowerCase().replace(/[\s_-]/gu, '');
  if (/^(?:name|title)$/u.test(known)) parts.name = plain;
  else if (/^(?:projecttype|type)$/u.test(known)) parts.projectType = plain;
  else parts.constraintLines.push(`${key}: ${plain}`);
}

/** `---` front matter with `key: value` lines; values are taken as written, quotes removed. */
function frontMatter(lines: readonly string[], parts: Parts): readonly string[] {
  if (lines[0]?.trim() !== '---') return lines;
  const end = lines.findIndex((line, index) => index > 0 && line.trim() === '---');
  if (end < 0) return lines;
  for (const line of lines.slice(1, end)) {
    frontLine(line.trim(), parts);
  }
  return lines.slice(end + 1);
}

/** Joins the lines of a bullet or paragraph; an empty line, a bullet or a heading starts the next block. */
class Blocks {
  private current: string[] = [];
  private section: Section = 'head';

  constructor(private readonly parts: Parts) {}

  enter(section: Section): void {
    this.flush();
    this.section = section;
  }

  line(text: string): void {
    const bullet = BULLET.exec(text);
    if (bullet || text.trim() === '') this.flush();
    const content = (bullet?.[1] ?? text).trim();
    if (content !== '') this.current.push(content);
  }

  flush(): void {
    const text = this.current.join(' ');
    this.current = [];
    if (text === '') return;
    const type = TYPE_LINE.exec(text);
    if (type?.[1] && this.parts.projectType === '') this.parts.projectType = type[1].trim();
    else if (this.section === 'stack') this.stackLine(text);
    else if (this.section === 'constraints') this.parts.constraintLines.push(text);
    else this.parts.requirements.push(text);
  }

  private stackLine(text: string): void {
    const [, key, value] = PAIR.exec(text.replaceAll('**', '')) ?? [];
    const count = Object.keys(this.parts.stack).length + 1;
    if (key && value) this.parts.stack[key.trim().toLowerCase()] = value.trim();
    else this.parts.stack[`item${count}`] = text;
  }
}

const items = (value: string): string[] =>
  value
    .split(/,|\/(?!\d)|\bor\b|\band\b/u)
    .map((item) => item.replace(/\b(?:only|licen[cs]es?)\b|[.;]$/giu, '').trim())
    .filter((item) => item !== '');

function pinnedFrom(value: string): Partial<Record<Category, string>> {
  const pairs = value.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  return Object.fromEntries(pairs.filter(([key, name]) => key && name)) as Partial<Record<Category, string>>;
}

function enginesFrom(value: string): Record<string, string> {
  const pairs = items(value).map((item) => /^([^\s=:]+)(?:\s*[=:]\s*|\s+)(\S.*)$/u.exec(item));
  return Object.fromEntries(
    pairs.filter((pair) => pair !== null).map((pair) => [(pair[1] ?? '').toLowerCase(), pair[2] ?? '']),
  );
}

interface Mutable {
  licenses?: string[];
  engines?: Record<string, string>;
  budgetUsd?: number;
  forbidden?: string[];
  pinned?: Partial<Record<Category, string>>;
}

/** `500`, `$1,200`, `900 USD`; another currency or more words stay a requirement. */
function usdFrom(value: string): number | undefined {
  const digits = /^(?:USD|\$)?\s?([\d,]+(?:\.\d+)?)\s?(?:USD|\$)?$/iu.exec(value)?.[1];
  return digits === undefined ? undefined : Number(digits.replaceAll(',', ''));
}

/** Fills one field from `key: value`; false when the line is none of ours, then it is a requirement like any other. */
function constraint(line: string, into: Mutable): boolean {
  const [, rawKey = '', value = ''] = PAIR.exec(line.replaceAll('**', '')) ?? [];
  const key = rawKey.toLowerCase().trim();
  const usd = key.startsWith('budget') ? usdFrom(value) : undefined;
  if (/^licen[cs]es?$/u.test(key)) into.licenses = items(value);
  else if (/^engines?$/u.test(key)) into.engines = enginesFrom(value);
  else if (/^(?:forbidden|not allowed|excluded)$/u.test(key)) into.forbidden = items(value);
  else if (key === 'pinned') into.pinned = pinnedFrom(value);
  else if (usd !== undefined) into.budgetUsd = usd;
  else return false;
  return true;
}

function assemble(parts: Parts): Brief {
  const constraints: Mutable = {};
  const others = parts.constraintLines.filter((line) => !constraint(line, constraints));
  return {
    name: parts.name,
    projectType: parts.projectType || parts.name,
    requirements: [...parts.requirements, ...others],
    techStack: parts.stack,
    constraints: constraints satisfies BriefConstraints,
  };
}

function readLines(text: string): Parts {
  const parts: Parts = { name: '', projectType: '', requirements: [], stack: {}, constraintLines: [] };
  const blocks = new Blocks(parts);
  for (const line of frontMatter(text.replace(/^\uFEFF/u, '').split(/\r\n|\n|\r/u), parts)) {
    const heading = HEADING.exec(line.slice(0, 400));
    const title = heading?.[1]?.trim().replace(CLOSING_HASHES, '').trim() ?? '';
    if (!heading) blocks.line(line);
    else if (parts.name === '') parts.name = title;
    else blocks.enter(sectionOf(title));
  }
  blocks.flush();
  return parts;
}

/** Without any heading the first block names the project, as the first line of a note does. */
function nameFromText(parts: Parts): Parts {
  if (parts.name !== '') return parts;
  const [first = '', ...rest] = parts.requirements;
  const name =
    first
      .split(/[.;:!?]/u, 1)[0]
      ?.trim()
      .slice(0, 120) ?? '';
  return { ...parts, name, requirements: rest.length > 0 ? rest : parts.requirements };
}

/**
 * Reads a brief from Markdown or plain text. Throws AppError `invalid_brief` (422) that lists every mistake: empty, larger
 * than 256 KB, no requirement, NUL characters, broken UTF-16, unknown category, pinned and forbidden at once.
 */
export function parseBriefMarkdown(text: string): Brief {
  const bytes = Buffer.byteLength(text);
  if (text.trim() === '')
    throw invalidBrief([{ pointer: '', message: 'the file is empty; write what is to be built' }]);
  if (bytes > MAX_BRIEF_BYTES) {
    throw invalidBrief([
      { pointer: '', message: `the file has ${bytes} bytes; at most ${MAX_BRIEF_BYTES} are allowed` },
    ]);
  }
  const brief = assemble(nameFromText(readLines(text)));
  const mistakes = briefMistakes(brief);
  if (mistakes.length > 0) throw invalidBrief(mistakes);
  return brief;
}

/** Bytes of a file as text. Throws AppError `invalid_brief` when they are not UTF-8. */
export function decodeBrief(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid', 'invalid_brief', 'The brief is not UTF-8 text; save it as UTF-8.', { cause });
  }
}
