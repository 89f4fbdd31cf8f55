import { queryPlanOf } from './query-plan.js';

const scan = {
  'Node Type': 'Index Scan',
  'Relation Name': 'sessions',
  'Index Name': 'sessions_pkey',
  'Total Cost': 8.17,
  'Plan Rows': 1,
  'Index Cond': "(workspace_id = '0190a0de-0000-7000-8000-00000000cafe'::uuid)",
  Filter: "((status = 'secret'::text) AND (run > 42))",
  'Rows Removed by Filter': 3,
  'Actual Total Time': 0.02,
  'Actual Rows': 1,
  'Actual Loops': 1,
  'Shared Hit Blocks': 4,
};
const explained = [
  {
    Plan: {
      'Node Type': 'Sort',
      'Total Cost': 9,
      'Plan Rows': 1,
      'Sort Key': ['created_at DESC', "(brief ->> 'secret'::text)"],
      'Actual Loops': 0,
      Plans: [scan],
    },
    'Planning Time': 0.1,
    'Execution Time': 0.2,
  },
];

describe('a plan of PostgreSQL', () => {
  it('is a list of steps, each deeper than what it feeds', () => {
    const { steps, ...times } = queryPlanOf(explained);
    expect(times).toEqual({ planningMs: 0.1, executionMs: 0.2 });
    expect(steps.map(({ depth, node }) => [depth, node])).toEqual([
      [0, 'Sort'],
      [1, 'Index Scan'],
    ]);
    expect(steps[1]).toMatchObject({
      relation: 'sessions',
      index: 'sessions_pkey',
      cost: 8.17,
      plannedRows: 1,
      actual: { ms: 0.02, rows: 1, loops: 1, removedRows: 3, pagesHit: 4, pagesRead: 0 },
    });
  });

  it('shows conditions without the values it was asked with', () => {
    const { steps } = queryPlanOf(explained);
    expect(steps.flatMap(({ conditions }) => conditions)).toEqual([
      'Sort Key: created_at DESC, (brief ->> ?::text)',
      'Index Cond: (workspace_id = ?::uuid)',
      'Filter: ((status = ?::text) AND (run > ?))',
    ]);
    expect(JSON.stringify(steps)).not.toMatch(/secret|cafe|42/);
  });

  it('tells no times of what was not run', () => {
    const plan = queryPlanOf([{ Plan: { 'Node Type': 'Result', 'Total Cost': 0.01, 'Plan Rows': 1 } }]);
    expect(plan).toEqual({ steps: [{ depth: 0, node: 'Result', conditions: [], cost: 0.01, plannedRows: 1 }] });
    expect(queryPlanOf(explained).steps[0]).not.toHaveProperty('actual');
  });

  it('is refused when it is none', () => {
    expect(() => queryPlanOf([])).toThrow('no plan');
  });
});
