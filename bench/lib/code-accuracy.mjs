import { built, fixtures, projectOf } from './code-trees.mjs';
import { held, partAtLeast, row, told } from './row.mjs';

/** F1 of each framework over all of its projects, and endpoints found in projects that have none. */
export async function accuracy(figure) {
  const { inferEndpoints } = await built('analysis/infer-endpoints.js');
  const { InlineParser } = await built('analysis/inline-parser.js');
  const counts = new Map();
  for (const { framework, texts, expected } of fixtures()) {
    const { endpoints } = await inferEndpoints(projectOf(texts), new InlineParser());
    const found = new Set(endpoints.map(({ method, path }) => `${method} ${path}`));
    const hits = expected.filter((one) => found.has(one)).length;
    const sums = counts.get(framework) ?? { hits: 0, found: 0, expected: 0 };
    counts.set(framework, {
      hits: sums.hits + hits,
      found: sums.found + found.size,
      expected: sums.expected + expected.length,
    });
  }
  const empty = counts.get('without-endpoints');
  counts.delete('without-endpoints');
  const scores = [...counts].map(([name, { hits, found, expected }]) => ({
    name,
    f1: (2 * hits) / (found + expected),
  }));
  return row(
    figure,
    [...counts.values()].reduce((sum, { expected }) => sum + expected, 0),
    [
      partAtLeast(figure.promise, Math.min(...scores.map(({ f1 }) => f1)), figure.limit, figure.unit),
      held('endpoints in projects that have none', empty.found),
      ...scores.map(({ name, f1 }) => told(name, f1, 'F1')),
    ],
  );
}
