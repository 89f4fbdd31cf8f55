/** How the padding suite reads a document: the Markdown a person gets, not the program's own structures. */

/** Headings of what quotes the brief or lists stored pieces: there nothing is said in the document's own words. */
const QUOTING = /^## (?:\d+\. )?(?:What was asked|Evidence)/;
/** Sections whose text is the same by its purpose: what the marks and criteria mean. */
const EXPLAINING = /^Marks: |^Document \d+ · |^Shown are /;

/** The document without its quoted needs, evidence list and explanations of marks. */
export function ownWords(markdown: string): string {
  const sections = markdown.split(/^(?=## )/m).filter((section) => !QUOTING.test(section));
  return sections
    .join('')
    .split('\n')
    .filter((line) => !EXPLAINING.test(line))
    .join('\n');
}

export const PARTS = ['findings', 'requirements', 'verdicts', 'questions', 'risks'] as const;
export type Part = (typeof PARTS)[number];

/** One of the parts in which a document states something of its own about a project, as Markdown. */
export function partOf(markdown: string, part: Part): string {
  const section = (title: string): string =>
    markdown.split(/^(?=## )/m).find((one) => new RegExp(`^## \\d+\\. ${title}`).test(one)) ?? '';
  const lines = (text: string, kind: RegExp): string =>
    text
      .split('\n')
      .filter((line) => kind.test(line))
      .join('\n');
  switch (part) {
    case 'findings':
      return lines(section('At a glance'), /^\d+\. /);
    case 'requirements':
      return lines(section('Requirements'), /^\|/);
    case 'verdicts':
      return lines(section('Decisions'), /^\*\*Verdict:/);
    case 'questions':
      return section('Questions');
    case 'risks':
      return lines(section('Risks'), /^\|/);
  }
}

/**
 * Sentences, bullets and cells of tables, each once, of at least four words. Headings and the heads of tables are form
 * and don't count. `blanked`: with ids, names, quotes and numbers taken out, which finds sentences of one template.
 */
export function sentencesOf(markdown: string, blanked: boolean): ReadonlySet<string> {
  const lines = markdown.split('\n');
  const texts = lines.flatMap((line, index) => {
    if (/^#|^\| ?-|^\s*$/.test(line) || /^\| ?-/.test(lines[index + 1] ?? '')) return [];
    return line.startsWith('|') ? line.split(/(?<!\\)\|/) : [line.replace(/^\s*(?:[-*]|\d+\.)\s+/, '')];
  });
  const sentences = texts.flatMap((text) => text.split(/(?<=[.;?!])\s+/)).map(blanked ? blank : (text) => text.trim());
  return new Set(sentences.filter((sentence) => (sentence.match(/[a-z]{2,}/gi) ?? []).length >= 4));
}

function blank(text: string): string {
  return text
    .replace(/`[^`]*`|"[^"]*"|“[^”]*”/g, '_')
    .replace(/\*\*/g, '')
    .replace(/\b[A-Z]{1,3}-?\d+\b/g, '_')
    .replace(/[@\w/.-]*\d[\w.,/%-]*/g, '_')
    .replace(/(?<=\S\s)[A-Z][\w.-]*/g, '_')
    .replace(/(?:_[\s,]*)+/g, '_ ')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Numbers as written, without thousands separators: `3,000`, `99.95`, `0.5`; units and words are left out. */
export function numbersOf(text: string): readonly string[] {
  const found = text.match(/(?<![\w.])\d[\d,]*(?:\.\d+)?/g) ?? [];
  return [...new Set(found.map((number) => number.replace(/,/g, '')))];
}

const NO_NOUNS = new Set(
  `about above accepted after again also another arrive asked away before begins between both calculated call called
   cannot comes company's customers' daily deleted down during each every exactly expected finish finished first from
   given goes have hour hours into kept last leave left less lies lives live logged long longer lose made make many
   minute minutes month months more most must never night nightly normally once only open opens order's otherwise over
   own paid part-time pays people per places plain printed raised readable reads ready receives removed requested same
   second seconds see sees send shown silent since sold some speak speaks stay stays such takes than that their them
   then there these they this those three time times twice under until used visible weeks when which while with within
   without work works year years four five days seven every stored`.split(/\s+/),
);

/** Words of four letters and more that are no common verb, number word, unit of time or particle; in the singular. */
export function nounsOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(/\p{L}[\p{L}-]{3,}/gu) ?? [];
  return [...new Set(words.filter((word) => !NO_NOUNS.has(word)).map(singular))];
}

function singular(word: string): string {
  if (/(?:sses|ches|shes|xes)$/.test(word)) return word.slice(0, -2);
  if (/ies$/.test(word)) return word.slice(0, -3);
  return /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}
