/** Sections 1 to 4 as blocks. */
import type { Gap } from '../../gaps/gap.types.js';
import type { DocumentEnvelope, TrdBody } from '../document.types.js';
import { heading, list, paragraph, table, type Block } from './blocks.js';
import { plain, rich, strong, type Inline } from './inline.js';

const ids = (items: readonly string[]): Inline => plain(items.join(', '));

export function headBlocks({ version, body, quality, sha256 }: DocumentEnvelope): Block[] {
  const rated = quality.total === null ? 'not rated (fewer than 10 claims)' : `${quality.total} of 100`;
  const facts = [
    `Document ${version}`,
    `brief \`${body.briefSha256.slice(0, 12)}\``,
    `facts read ${body.factsDate}`,
    `analyst: ${body.analyst}`,
    `criteria v${body.criteriaVersion}`,
    `seed \`${body.seed}\``,
    `quality ${rated}`,
    `sha256 \`${sha256.slice(0, 12)}\``,
  ];
  return [
    { kind: 'heading', level: 1, text: plain(`Technical requirements: ${body.title}`) },
    paragraph(rich(facts.join(' · '))),
    paragraph(
      rich(
        'Marks: **N** words of the brief · **A** assumption, yours to change · **D** computed from N and A · **R** requirement · **G** gap and its decision · **Q** question to you · **K** risk · **X** cross-check · **T** test · **E** stored evidence · **C** catalogue note without stored evidence (weaker than E).',
      ),
    ),
  ];
}

export function glanceBlocks(body: TrdBody): Block[] {
  const rows = body.glance.map((row) => [
    plain(`${row.gap} ${row.category}`),
    plain(row.result),
    strong(row.verdict),
    rich(row.restsOn),
  ]);
  const findings = body.findings.map((finding) => [
    ...rich(finding.text),
    ...plain(` (${[...new Set(finding.rests)].join(', ')})`),
  ]);
  return [
    heading(2, '1. At a glance'),
    ...table(['gap', 'result', 'verdict', 'what it rests on'], rows),
    ...(findings.length > 0 ? [paragraph(plain('Read before anything else:'))] : []),
    ...list(findings, true),
  ];
}

export function needBlocks(body: TrdBody): Block[] {
  const rows = body.needs.map((need) => [
    plain(need.id),
    plain(`"${need.text}"`),
    plain(need.triggers.map((trigger) => `${trigger.words} → ${trigger.rule}: ${trigger.meaning}`).join('; ')),
  ]);
  return [
    heading(2, '2. What was asked'),
    ...table(['id', 'words of the brief (verbatim)', 'trigger → rule'], rows),
    ...gapBlocks(body.gaps),
  ];
}

function gapBlocks(gaps: readonly Gap[]): Block[] {
  const researched = gaps.filter((gap) => gap.research);
  const rows = researched.map((gap) => [
    plain(`${gap.id} ${gap.category}`),
    plain(gap.status),
    plain(gap.rule),
    plain(
      `${gap.reason}${gap.evidence.length === 0 ? '' : ` (${[...new Set(gap.evidence.map((item) => item.where))].join(', ')})`}`,
    ),
  ]);
  const rest = (['decided', 'conflict', 'obsolete', 'follows', 'open', 'not-needed', 'unknown'] as const).flatMap(
    (status) => {
      const some = gaps.filter((gap) => !gap.research && gap.status === status);
      return some.length === 0
        ? []
        : [[...strong(STATUS_WORDS[status]), ...plain(`: ${some.map(gapWords).join(', ')}.`)]];
    },
  );
  return [
    paragraph(strong(`Gaps (${gaps.length} categories).`), plain(` Researched: ${researched.length}.`)),
    ...table(['gap', 'status', 'rule', 'why'], rows),
    ...list(rest),
  ];
}

const STATUS_WORDS: Readonly<Record<Exclude<Gap['status'], 'partial'>, string>> = {
  decided: 'Decided',
  conflict: 'In conflict',
  obsolete: 'Obsolete',
  follows: 'Follow from another decision',
  open: 'Open, asked in section 6',
  'not-needed': 'Not needed, no trigger',
  unknown: 'Unknown',
};

function gapWords(gap: Gap): string {
  if (gap.status === 'decided')
    return `${gap.category} ${gap.reason.replace(/^(named|pinned): /, '')} (${whereOf(gap)})`;
  if (gap.status === 'follows') return `${gap.category} (${gap.followsFrom ?? ''})`;
  if (gap.status === 'conflict' || gap.status === 'obsolete') return `${gap.category}: ${gap.reason} (${whereOf(gap)})`;
  return gap.category;
}

function whereOf(gap: Gap): string {
  return [...new Set(gap.evidence.map((item) => item.where))].join(', ');
}

export function numberBlocks(body: TrdBody): Block[] {
  if (body.assumptions.length + body.derived.length === 0) return [];
  const assumptions = body.assumptions.map((item) => [
    plain(item.id),
    rich(item.statement),
    ids(item.usedIn),
    plain(item.question),
  ]);
  const derived = body.derived.map((item) => [
    plain(item.id),
    rich(item.name),
    rich(item.working),
    strong(item.shown),
    rich(item.consequence),
  ]);
  const tables = body.derived.flatMap(({ id, table: extra }) =>
    extra === undefined
      ? []
      : [
          paragraph(strong(extra.title), plain(` (${id})`)),
          ...table(
            extra.head,
            extra.rows.map((row) => row.map((cell) => plain(cell))),
          ),
          ...(extra.note === undefined ? [] : [paragraph(rich(extra.note))]),
        ],
  );
  return [
    heading(2, '3. What the numbers of the brief mean'),
    ...table(['id', 'assumption', 'used in', 'ask'], assumptions),
    ...table(['id', 'quantity', 'working', 'result', 'consequence'], derived),
    ...tables,
  ];
}

export function requirementBlocks(body: TrdBody): Block[] {
  const rows = body.requirements.map((item) => [
    plain(item.id),
    rich(item.statement),
    plain(item.check),
    ids(item.from),
  ]);
  return [
    heading(2, '4. Requirements'),
    paragraph(
      rich(
        'T test, A analysis, I inspection. Limits in *italics* come from an assumption or a default and not from the brief.',
      ),
    ),
    ...table(['id', 'statement', 'check', 'from'], rows),
    paragraph(strong('Coverage.'), plain(` ${body.coverage}`)),
    ...list(body.dropped.map((item) => plain(`${item.item} was taken out: ${item.why}. It read: ${item.text}`))),
  ];
}
