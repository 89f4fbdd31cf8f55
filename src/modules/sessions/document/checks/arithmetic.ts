/** Check 12: every derived quantity is computed again from its inputs and compared with what is printed. */
import type { DerivedQuantity } from '../../derivation/derivation.types.js';
import { FORMULAS, recompute } from '../../derivation/formulas.js';
import { CHECKS, failure, type CheckContext, type Failure } from './check.js';

/** Largest relative difference that floating point may leave. */
const EXACT = 1e-9;

export function checkArithmetic({ body }: CheckContext): Failure[] {
  const values = new Map(body.derived.map((quantity) => [quantity.id, quantity]));
  return body.derived.flatMap((quantity) =>
    [...valueFaults(quantity), ...printFaults(quantity), ...inputFaults(quantity, values)].map((detail) =>
      failure('consistency', CHECKS.arithmetic, quantity.id, detail),
    ),
  );
}

function valueFaults(quantity: DerivedQuantity): string[] {
  if (!FORMULAS.has(quantity.formula)) return [`unknown formula ${quantity.formula}`];
  let again: number;
  try {
    again = recompute(quantity);
  } catch {
    return [`its inputs do not fit ${quantity.formula}`];
  }
  return close(again, quantity.value, EXACT) ? [] : [`stored ${quantity.value}, computed ${again}`];
}

function close(a: number, b: number, tolerance: number): boolean {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Object.is(a, b);
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b), 1e-300);
}

/** An input that is another derived quantity carries that quantity's value; two of one unit must agree. */
function inputFaults(quantity: DerivedQuantity, values: ReadonlyMap<string, DerivedQuantity>): string[] {
  return quantity.inputs.flatMap((input) => {
    const source = values.get(input.from);
    if (!source || source.unit !== input.unit || close(source.value, input.value, EXACT)) return [];
    return [`takes ${input.value} from ${input.from}, which is ${source.value}`];
  });
}

/** Factors between a base unit and the units in which values are printed: time, SI prefixes, percent. */
const FACTORS: readonly number[] = [
  60, 3_600, 86_400, 604_800, 2_592_000, 31_536_000, 1e3, 1e6, 1e9, 1e12, 1e15, 100,
].flatMap((factor) => [factor, 1 / factor]);

/** At least one printed number is the value, in some unit, at the printed precision. */
function printFaults({ shown, value, id }: DerivedQuantity): string[] {
  const printed = [...shown.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([text]) => text);
  if (printed.length === 0 || !Number.isFinite(value)) return [];
  const fits = printed.some((text) => [1, ...FACTORS].some((factor) => atPrecision(text, Math.abs(value) * factor)));
  return fits ? [] : [`prints ${shown} for ${value} (${id})`];
}

function atPrecision(text: string, value: number): boolean {
  const number = Number(text.replaceAll(',', ''));
  const decimals = text.split('.')[1]?.length ?? 0;
  const trailing = decimals === 0 ? (/(?<!0)0*$/.exec(text.replaceAll(',', ''))?.[0].length ?? 0) : 0;
  const step = 10 ** (trailing > 0 ? Math.min(trailing, 3) - 1 : -decimals);
  return Math.abs(number - value) <= Math.max(0.51 * step, Math.abs(value) * 0.005);
}
