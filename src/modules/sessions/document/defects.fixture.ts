/** Defects that a document may catch, each with the component of the score that must fall. Seeds choose where one is planted. */
import type { Citation } from '../../research/research.types.js';
import type { QualityComponent, TrdBody } from './document.types.js';

export interface Defect {
  readonly name: string;
  readonly check: string;
  readonly component: QualityComponent;
  readonly plant: (body: TrdBody, seed: number) => TrdBody;
}

function at<T>(items: readonly T[], seed: number, change: (item: T) => T): T[] {
  const index = seed % Math.max(items.length, 1);
  return items.map((item, position) => (position === index ? change(item) : item));
}

function requirement(change: (statement: string, seed: number) => string): Defect['plant'] {
  return (body, seed) => ({
    ...body,
    requirements: at(body.requirements, seed, (item) => ({ ...item, statement: change(item.statement, seed) })),
  });
}

const VAGUE = ['quickly', 'robustly', 'as needed', 'efficiently', 'where applicable', 'seamlessly'];
const PRAISE = ['widely used', 'not deprecated', 'battle-tested', 'actively maintained'];

function brokenCitation(citation: Citation): Citation {
  return 'quote' in citation
    ? { ...citation, quote: `${citation.quote} never written` }
    : { ...citation, value: `${String(citation.value)}-changed` };
}

const withoutStop = (statement: string): string => statement.replace(/\.$/, '');

export const DEFECTS: readonly Defect[] = [
  {
    name: 'a need the brief does not hold',
    check: 'CHECK-1',
    component: 'citationIntegrity',
    plant: (body, seed) => ({
      ...body,
      needs: at(body.needs, seed, (need) => ({ ...need, text: `${need.text} and more`, end: need.end + 9 })),
    }),
  },
  {
    name: 'a vague word',
    check: 'CHECK-2',
    component: 'statementQuality',
    plant: requirement((text, seed) => `${withoutStop(text)} ${VAGUE[seed % VAGUE.length] ?? ''}.`),
  },
  {
    name: 'two duties in one statement',
    check: 'STATEMENT',
    component: 'statementQuality',
    plant: requirement((text) => `${withoutStop(text)} and shall report that.`),
  },
  {
    name: 'no duty',
    check: 'STATEMENT',
    component: 'statementQuality',
    plant: requirement((text) => text.replace(' shall ', ' will ')),
  },
  {
    name: 'a vague verb',
    check: 'CHECK-2',
    component: 'statementQuality',
    plant: requirement((text) => text.replace(/ shall .*/, ' shall support the sale of tickets.')),
  },
  {
    name: 'an invented limit',
    check: 'CHECK-3',
    component: 'verifiability',
    plant: requirement((text, seed) => `${withoutStop(text)} within ${7_001 + (seed % 97)} ms.`),
  },
  {
    name: 'a changed quote or value',
    check: 'CHECK-4',
    component: 'citationIntegrity',
    plant: (body, seed) => ({
      ...body,
      claims: at(body.claims, seed, (claim) => ({ ...claim, citation: brokenCitation(claim.citation) })),
    }),
  },
  {
    name: 'a citation of another version',
    check: 'CHECK-4',
    component: 'citationIntegrity',
    plant: (body, seed) => plantSubject(body, seed),
  },
  {
    name: 'praise without a field',
    check: 'CHECK-5',
    component: 'citationIntegrity',
    plant: (body, seed) => ({
      ...body,
      decisions: at(body.decisions, seed, (item) => ({
        ...item,
        consequences: [...item.consequences, `It is ${PRAISE[seed % PRAISE.length] ?? ''}.`],
      })),
    }),
  },
  {
    name: 'an unknown value shown as known',
    check: 'CHECK-5',
    component: 'citationIntegrity',
    plant: (body, seed) => plantKnown(body, seed),
  },
  {
    name: 'a winner out of noise',
    check: 'CHECK-6',
    component: 'decisionRobustness',
    plant: (body, seed) => ({
      ...body,
      decisions: at(body.decisions, seed, (item) => ({
        ...item,
        comparison: { ...item.comparison, verdict: item.comparison.verdict === 'clear' ? 'undecidable' : 'clear' },
      })),
    }),
  },
  {
    name: 'a changed score',
    check: 'CHECK-6',
    component: 'decisionRobustness',
    plant: (body, seed) => plantScore(body, seed),
  },
  {
    name: 'an option that stands twice',
    check: 'CHECK-7',
    component: 'decisionRobustness',
    plant: (body, seed) => ({
      ...body,
      decisions: at(body.decisions, seed, (item) => ({ ...item, rows: [...item.rows, ...item.rows.slice(0, 1)] })),
    }),
  },
  {
    name: 'a note for other versions',
    check: 'CHECK-8',
    component: 'freshnessIndependence',
    plant: (body, seed) => ({
      ...body,
      catalogueNotes: [
        ...body.catalogueNotes,
        { id: 'C-9', text: `pg-boss <${1 + (seed % 9)}: polls`, url: 'https://example.org', date: '2024-01-01' },
      ],
    }),
  },
  {
    name: 'another version in another section',
    check: 'CHECK-9',
    component: 'consistency',
    plant: (body, seed) => ({
      ...body,
      risks: at(body.risks, seed, (risk) => ({ ...risk, fact: `${risk.fact}; pg-boss 11.${seed % 50}.0` })),
    }),
  },
  {
    name: 'another verdict at a glance',
    check: 'CHECK-9',
    component: 'consistency',
    plant: (body, seed) => plantGlance(body, seed),
  },
  {
    name: 'a reference that leads nowhere',
    check: 'CHECK-11',
    component: 'traceability',
    plant: (body, seed) => ({
      ...body,
      requirements: at(body.requirements, seed, (item) => ({ ...item, from: [...item.from, `D-${90 + (seed % 9)}`] })),
    }),
  },
  {
    name: 'a requirement without need',
    check: 'CHECK-11',
    component: 'traceability',
    plant: (body, seed) => ({
      ...body,
      requirements: at(body.requirements, seed, (item) => ({
        ...item,
        from: item.from.filter((id) => !id.startsWith('N')),
      })),
    }),
  },
  {
    name: 'evidence nothing cites',
    check: 'CHECK-11',
    component: 'traceability',
    plant: (body, seed) => ({
      ...body,
      evidence: [
        ...body.evidence,
        { id: `E-${70 + (seed % 20)}`, sha256: 'f'.repeat(64), source: 'a page', supports: [] },
      ],
    }),
  },
  {
    name: 'a requirement without test',
    check: 'VERIFY',
    component: 'verifiability',
    plant: (body, seed) => plantUntested(body, seed),
  },
  {
    name: 'a slip in the value',
    check: 'CHECK-12',
    component: 'consistency',
    plant: (body, seed) => ({
      ...body,
      derived: at(body.derived, seed, (item) => ({ ...item, value: item.value * (1.01 + (seed % 5)) })),
    }),
  },
  {
    name: 'a slip in the print',
    check: 'CHECK-12',
    component: 'consistency',
    plant: (body, seed) => ({
      ...body,
      derived: at(body.derived, seed, (item) => ({ ...item, shown: `${1_234_567 + seed} of them` })),
    }),
  },
  {
    name: 'a category without gap',
    check: 'COMPLETE',
    component: 'completeness',
    plant: (body, seed) => ({
      ...body,
      gaps: body.gaps.filter((_gap, index) => index !== body.gaps.length - 1 - (seed % 8)),
    }),
  },
  {
    name: 'a store without deletion path',
    check: 'COMPLETE',
    component: 'completeness',
    plant: (body, seed) => ({ ...body, data: at(body.data, seed, (row) => ({ ...row, deletedBy: ' ' })) }),
  },
];

function plantSubject(body: TrdBody, seed: number): TrdBody {
  const withSubject = body.claims.filter((claim) => claim.subject);
  const chosen = withSubject[seed % withSubject.length];
  const claims = body.claims.map((claim) =>
    claim.id === chosen?.id && claim.subject ? { ...claim, subject: { ...claim.subject, version: '0.0.1' } } : claim,
  );
  return { ...body, claims };
}

function plantKnown(body: TrdBody, seed: number): TrdBody {
  const decisions = at(body.decisions, seed, (item) => ({
    ...item,
    rows: item.rows.map((row) => ({
      ...row,
      numbers: Object.fromEntries(Object.keys(row.numbers).map((id) => [id, [1, 1] as const])),
    })),
  }));
  return { ...body, decisions };
}

function plantScore(body: TrdBody, seed: number): TrdBody {
  const shift = 0.01 + (seed % 10) / 100;
  const decisions = at(body.decisions, seed, (item) => {
    const options = at(item.comparison.options, seed, (option) => ({
      ...option,
      low: option.low - shift,
      high: option.high - shift,
    }));
    return { ...item, comparison: { ...item.comparison, options } };
  });
  return { ...body, decisions };
}

function plantGlance(body: TrdBody, seed: number): TrdBody {
  const compared = new Set(body.decisions.map((section) => section.gapId));
  const rows = body.glance.filter((row) => compared.has(row.gap));
  const chosen = rows[seed % rows.length]?.gap;
  return {
    ...body,
    glance: body.glance.map((row) =>
      row.gap === chosen ? { ...row, verdict: row.verdict === 'clear' ? 'close' : 'clear' } : row,
    ),
  };
}

function plantUntested(body: TrdBody, seed: number): TrdBody {
  const chosen = body.requirements[seed % body.requirements.length]?.id ?? '';
  return {
    ...body,
    tests: body.tests.map((test) => ({ ...test, shows: test.shows.filter((id) => id !== chosen) })),
    singleTests: body.singleTests.map((line) => line.replaceAll(chosen, '')),
  };
}
