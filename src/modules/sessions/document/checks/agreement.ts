/** Check 9: the sections tell one story: one version per package, one result per gap, one value per quantity. */
import type { DecisionSection, TrdBody } from '../document.types.js';
import { scoreRange } from '../writing/text.js';
import { splitVersion } from './citations.js';
import { CHECKS, failure, type CheckContext, type Failure } from './check.js';

export function checkAgreement({ body }: CheckContext): Failure[] {
  return [...versionFaults(body), ...glanceFaults(body), ...tableFaults(body), ...quantityFaults(body)].map(
    ({ item, detail }) => failure('consistency', CHECKS.agreement, item, detail),
  );
}

interface Fault {
  readonly item: string;
  readonly detail: string;
}

/** The versions that tables and evidence name; every other mention of the name must carry one of them. */
function versionFaults(body: TrdBody): Fault[] {
  const versions = new Map<string, Set<string>>();
  const add = (name: string, version: string) => versions.set(name, (versions.get(name) ?? new Set()).add(version));
  for (const { option } of body.decisions.flatMap((section) => section.rows)) {
    const [name, version] = splitVersion(option);
    if (version !== undefined) add(name, version);
  }
  for (const row of body.evidence) {
    const match = /^record (\S+) (\S+)$/.exec(row.source);
    if (match?.[1] !== undefined && match[2] !== undefined) add(match[1], match[2]);
  }
  return mentions(body).flatMap(({ item, text }) =>
    [...text.matchAll(/(?<![@\w./-])([@\w./-]+) (\d+\.\d+\.\d[\w.-]*)/g)].flatMap((match) => {
      const [, name = '', found = ''] = match;
      const version = found.replace(/(?<![.-])[.-]+$/, '');
      const known = versions.get(name);
      return !known || known.has(version)
        ? []
        : [{ item, detail: `${name} ${version}, elsewhere ${[...known].join(', ')}` }];
    }),
  );
}

function mentions(body: TrdBody): { readonly item: string; readonly text: string }[] {
  return [
    ...body.glance.map((row) => ({ item: row.gap, text: row.result })),
    ...body.claims.map((claim) => ({ item: claim.id, text: claim.text })),
    ...body.decisions.flatMap((section) => section.consequences.map((text) => ({ item: section.gapId, text }))),
    ...body.noChoice.map((row) => ({ item: row.gapId, text: `${row.admissible} ${row.removed}` })),
    ...body.crossChecks.map((item) => ({ item: item.id, text: item.result })),
    ...body.risks.map((item) => ({ item: item.id, text: item.fact })),
  ];
}

/** A researched gap stands in the first table and in section 5, and both name the same verdict and leader. */
function glanceFaults(body: TrdBody): Fault[] {
  return body.decisions.flatMap((section) => {
    const row = body.glance.find((candidate) => candidate.gap === section.gapId);
    if (!row) return [{ item: section.gapId, detail: 'not in the first table' }];
    if (section.decision?.by === 'person') return [];
    const verdict =
      row.verdict === section.comparison.verdict
        ? []
        : [{ item: row.gap, detail: `first table says ${row.verdict}, section 5 ${section.comparison.verdict}` }];
    return [...verdict, ...leaderFault(section, row)];
  });
}

function leaderFault({ comparison, rows }: DecisionSection, row: TrdBody['glance'][number]): Fault[] {
  if (comparison.verdict !== 'clear' && comparison.verdict !== 'close') return [];
  const leader = rows.find((candidate) => candidate.optionId === comparison.leader)?.option ?? '';
  return row.result.startsWith(leader) && leader !== ''
    ? []
    : [{ item: row.gap, detail: `first table names ${row.result}, the leader is ${leader}` }];
}

/** The score of the table is the score of the comparison. */
function tableFaults(body: TrdBody): Fault[] {
  return body.decisions.flatMap(({ gapId, rows, comparison }) =>
    rows.flatMap((row) => {
      const option = comparison.options.find((candidate) => candidate.id === row.optionId);
      const expected = option?.admissible ? scoreRange(option.low, option.high) : '–';
      return row.score === expected
        ? []
        : [{ item: gapId, detail: `${row.option} prints ${row.score}, stored ${expected}` }];
    }),
  );
}

/** `… 133 /s (D-5)`: a number that stands right before the mark of a quantity is the number of that quantity. */
function quantityFaults(body: TrdBody): Fault[] {
  const derived = new Map(body.derived.map((quantity) => [quantity.id, quantity]));
  const texts = [
    ...body.decisions.flatMap((section) => section.consequences.map((text) => ({ item: section.gapId, text }))),
    ...body.risks.map((risk) => ({ item: risk.id, text: risk.fact })),
  ];
  return texts.flatMap(({ item, text }) =>
    [...text.matchAll(/(?<!\d)(?<!\d[,.])(\d+(?:[,.]\d+)*)[^\d()]{0,12} \((D-\d{1,6})\)/g)].flatMap(
      ([, number = '', id = '']) => {
        const quantity = derived.get(id);
        if (!quantity || `${quantity.shown} ${quantity.working}`.includes(number.replace(/[.,]$/, ''))) return [];
        return [{ item, detail: `${number} stands for ${id}, which is ${quantity.shown}` }];
      },
    ),
  );
}
