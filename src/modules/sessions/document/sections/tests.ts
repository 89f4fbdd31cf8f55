/** Section 9, tests: skeletons with the same load become one test; what a sample proves is stated as a bound. */
import type { Requirement } from '../../derivation/derivation.types.js';
import type { TestCase } from '../document.types.js';
import { grouped, listed, unique } from '../writing/text.js';

export interface TestPlan {
  readonly tests: readonly TestCase[];
  /** Lines for requirements without a load of their own, and the bounds of the samples. */
  readonly singleTests: readonly string[];
}

export function testPlan(requirements: readonly Requirement[]): TestPlan {
  const groups = new Map<string, Requirement[]>();
  for (const requirement of requirements) {
    const load = requirement.test?.load;
    if (load !== undefined) groups.set(load, [...(groups.get(load) ?? []), requirement]);
  }
  const tests = [...groups].map(([load, group], index) => ({
    id: `T-${index + 1}`,
    test: load,
    passes: unique(group.flatMap((requirement) => requirement.test?.passes ?? [])).join('; '),
    shows: group.map((requirement) => requirement.id),
  }));
  return { tests, singleTests: [...singleLines(requirements), ...boundLines(tests)] };
}

function singleLines(requirements: readonly Requirement[]): string[] {
  const rest = requirements.filter((requirement) => requirement.test === undefined);
  const build = (requirement: Requirement) => requirement.statement.startsWith('The build');
  const groups: readonly (readonly [string, readonly Requirement[]])[] = [
    ['one acceptance test each', rest.filter((requirement) => requirement.check === 'T' && !build(requirement))],
    ['checked by the build itself', rest.filter((requirement) => requirement.check === 'T' && build(requirement))],
    ['analysis', rest.filter((requirement) => requirement.check === 'A')],
    ['inspection', rest.filter((requirement) => requirement.check === 'I')],
  ];
  return groups
    .filter(([, group]) => group.length > 0)
    .map(([how, group]) => `${group.map(({ id }) => id).join(', ')}: ${how}.`);
}

/** Rule of three: no failure in n trials bounds the failure rate below 3/n at 95 % confidence (n of 1,000 and more). */
function boundLines(tests: readonly TestCase[]): string[] {
  const bounds = tests.flatMap((test) => {
    const trials = trialsIn(test);
    if (trials === undefined) return [];
    const bound = Number(((3 / trials) * 100).toPrecision(2));
    return [`${test.id} below ${bound} % for ${listed(test.shows)} (${grouped(trials)} trials)`];
  });
  if (bounds.length === 0) return [];
  return [`What no failure at all proves, at 95 % confidence (rule of three): ${listed(bounds)}; never zero.`];
}

const FEWEST_TRIALS = 1_000;

/** Things that each can fail: `20,000 sold`, `killed …, 1,000 times`. Rows of a file and rates are no trials. */
function trialsIn({ test, passes }: TestCase): number | undefined {
  const counts = [
    ...passes.matchAll(/(?<!\d)(?<!\d,)(\d+(?:,\d+)*) (?:sold|sent|done|delivered|accepted|stored)\b/g),
    ...test.matchAll(/(?<!\d)(?<!\d,)(\d+(?:,\d+)*) times\b/g),
  ]
    .map((match) => Number((match[1] ?? '').replaceAll(',', '')))
    .filter((count) => count >= FEWEST_TRIALS);
  return counts.length === 0 ? undefined : Math.max(...counts);
}
