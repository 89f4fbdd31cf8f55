import { rounded } from './statistics.mjs';

/**
 * One part of a figure: a value and the most it may be.
 * @param note words that replace reached/missed when the value must not count, such as "too noisy"
 */
export function part(name, value, limit, unit, note) {
  const reached = note === undefined && Number.isFinite(value) && value <= limit;
  return { name, value: rounded(value), limit, unit, reached, ...(note ? { note } : {}) };
}

/** The same for a value that must be no less than its limit. */
export function partAtLeast(name, value, limit, unit, note) {
  const reached = note === undefined && Number.isFinite(value) && value >= limit;
  return { name, value: rounded(value), limit, unit, atLeast: true, reached, ...(note ? { note } : {}) };
}

/** A value that is told and not judged. */
export const told = (name, value, unit) => ({ name, value: rounded(value), unit });

/** A condition that must hold for the figure to mean anything: 0 violations. */
export const held = (name, violations) => part(name, violations, 0, 'violations');

/**
 * A row of the results. The first part is the figure itself; the row is reached when every judged part is.
 * @param n how often the first part was measured
 */
export function row(figure, n, parts) {
  const [main] = parts;
  return {
    id: figure.id,
    promise: figure.promise,
    limit: main.limit,
    value: main.value,
    unit: main.unit,
    ...(main.atLeast ? { atLeast: true } : {}),
    n,
    reached: parts.every((one) => one.reached !== false),
    parts,
  };
}

/** What stands in for a figure whose measurement broke: missed, with the reason. */
export function brokenRow(figure, error) {
  const note = error instanceof Error ? error.message : String(error);
  return {
    id: figure.id,
    promise: figure.promise,
    limit: figure.limit,
    value: null,
    unit: figure.unit,
    n: 0,
    reached: false,
    parts: [],
    note: note.split('\n').slice(0, 5).join(' | ').slice(0, 600),
  };
}

const signOf = ({ atLeast }) => (atLeast ? '≥ ' : '≤ ');

const verdict = ({ reached, note }) => note ?? (reached === undefined ? '' : reached ? 'reached' : 'MISSED');

/** The table for people: a line per figure, a line per further part. */
export function tableOf(rows, notRun) {
  const lines = [['id', 'promise', 'value', 'limit', 'n', '']];
  for (const one of rows) {
    lines.push([
      one.id,
      one.promise,
      shown(one.value, one.unit),
      shown(one.limit, one.unit, signOf(one)),
      `${one.n}`,
      verdict(one),
    ]);
    for (const { name, value, limit, unit, atLeast, reached, note } of one.parts.slice(1))
      lines.push([
        '',
        `  ${name}`,
        shown(value, unit),
        shown(limit, unit, signOf({ atLeast })),
        '',
        verdict({ reached, note }),
      ]);
    const [main] = one.parts;
    if (main?.note) lines.push(['', `  ${main.name}: ${main.note}`, '', '', '', '']);
  }
  for (const { id, promise } of notRun) lines.push([id, promise, '', '', '', 'not run in quick']);
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function shown(value, unit, before = '') {
  return value === null || value === undefined ? '' : `${before}${value} ${unit}`;
}
