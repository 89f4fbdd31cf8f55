/** What changed between two versions, by the ids a reader knows. */
import { canonicalJson } from '../../../shared/canonical-json/canonical-json.js';
import { compareIds } from './canonical.js';
import type { TrdBody } from './document.types.js';
import { heading, list, markdownOf, paragraph, type Block } from './render/blocks.js';
import { plain } from './render/inline.js';

export interface DocumentChange {
  /** `requirements`, `decisions`, `evidence` … */
  readonly section: string;
  /** `R-010`, `G-1`; for rows without id their name. */
  readonly item: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: string;
  readonly after?: string;
}

export interface DocumentDiff {
  readonly changes: readonly DocumentChange[];
  readonly markdown: string;
}

type Rows = ReadonlyMap<string, string>;

/** Per section: the key of a row and the words by which a reader sees that it changed. */
const SECTIONS: Readonly<Record<string, (body: TrdBody) => Rows>> = {
  head: (body) =>
    new Map([
      ['title', body.title],
      ['brief', body.briefSha256],
      ['facts read', body.factsDate],
      [
        'criteria',
        `v${body.criteriaVersion} ${body.criteria.criteria.map(({ id, weight }) => `${id} ${weight}`).join(', ')}`,
      ],
    ]),
  glance: (body) =>
    rows(
      body.glance,
      (row) => row.gap,
      (row) => `${row.category}: ${row.result}, ${row.verdict} (${row.restsOn})`,
    ),
  needs: (body) =>
    rows(
      body.needs,
      (need) => need.id,
      (need) => need.text,
    ),
  gaps: (body) =>
    rows(
      body.gaps,
      (gap) => gap.category,
      (gap) => `${gap.id} ${gap.status}, ${gap.rule}: ${gap.reason}`,
    ),
  assumptions: (body) =>
    rows(
      body.assumptions,
      (item) => item.id,
      (item) => item.statement,
    ),
  derived: (body) =>
    rows(
      body.derived,
      (item) => item.id,
      (item) => `${item.name}: ${item.working} = ${item.shown}`,
    ),
  requirements: (body) =>
    rows(
      body.requirements,
      (item) => item.id,
      (item) => `${item.statement} [${item.check}; ${item.from.join(', ')}]`,
    ),
  decisions: (body) =>
    rows(
      body.decisions,
      (item) => item.gapId,
      (item) => `${item.verdict} ${item.rows.map((row) => `${row.option} ${row.score}`).join(', ')}`,
    ),
  'no choice': (body) =>
    rows(
      body.noChoice,
      (row) => row.gapId,
      (row) => `${row.admissible}; removed: ${row.removed}`,
    ),
  questions: (body) =>
    rows(
      body.questions,
      (item) => item.key,
      (item) => `${item.text} [${item.blocks.join(', ')}]`,
    ),
  'cross-checks': (body) =>
    rows(
      body.crossChecks,
      (item) => item.check,
      (item) => `${item.result}: ${item.action}`,
    ),
  data: (body) =>
    rows(
      body.data,
      (row) => row.store,
      (row) => `${row.personalData}; ${row.deletedBy}; ${row.state}`,
    ),
  risks: (body) =>
    rows(
      body.risks,
      (item) => `${item.rule} ${item.risk}`,
      (item) => `${item.fact}: ${item.answer}`,
    ),
  tests: (body) =>
    rows(
      body.tests,
      (item) => item.id,
      (item) => `${item.test}: ${item.passes} [${item.shows.join(', ')}]`,
    ),
  evidence: (body) =>
    rows(
      body.evidence,
      (row) => row.source,
      (row) => row.sha256,
    ),
};

function rows<T>(items: readonly T[], key: (item: T) => string, words: (item: T) => string): Rows {
  const seen = new Map<string, string>();
  for (const item of items) {
    const name = key(item);
    seen.set(name, seen.has(name) ? `${seen.get(name) ?? ''} | ${words(item)}` : words(item));
  }
  return seen;
}

/** Changes from `before` to `after` in the order of the document; equal bodies give none. */
export function diffDocuments(before: TrdBody, after: TrdBody): DocumentDiff {
  if (canonicalJson(before) === canonicalJson(after))
    return { changes: [], markdown: 'The two documents are equal.\n' };
  const changes = Object.entries(SECTIONS).flatMap(([section, read]) => changesIn(section, read(before), read(after)));
  return { changes, markdown: markdownOf(diffBlocks(changes)) };
}

function changesIn(section: string, before: Rows, after: Rows): DocumentChange[] {
  const items = [...new Set([...before.keys(), ...after.keys()])].sort(compareIds);
  return items.flatMap((item): DocumentChange[] => {
    const [old, now] = [before.get(item), after.get(item)];
    if (old === now) return [];
    if (old === undefined) return [{ section, item, kind: 'added', after: now ?? '' }];
    if (now === undefined) return [{ section, item, kind: 'removed', before: old }];
    return [{ section, item, kind: 'changed', before: old, after: now }];
  });
}

function diffBlocks(changes: readonly DocumentChange[]): Block[] {
  if (changes.length === 0) return [paragraph(plain('Only wording or order of rows without id changed.'))];
  const sections = [...new Set(changes.map((change) => change.section))];
  return [
    heading(1, 'Changes between two documents'),
    ...sections.flatMap((section) => [
      heading(2, section),
      ...list(changes.filter((change) => change.section === section).map((change) => plain(changeLine(change)))),
    ]),
  ];
}

function changeLine({ item, kind, before, after }: DocumentChange): string {
  if (kind === 'added') return `${item} added: ${after ?? ''}`;
  if (kind === 'removed') return `${item} removed: ${before ?? ''}`;
  return `${item} changed: ${before ?? ''} → ${after ?? ''}`;
}
