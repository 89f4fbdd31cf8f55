import type { JsCall } from '../parsing/javascript/js-source.js';

/** Where a call stands and whose rule has read it: the part that all facts made from it share. */
export const placedOf = <Name extends string | readonly string[]>(framework: Name, { line, scope }: JsCall) => ({
  framework,
  line,
  ...(scope === undefined ? {} : { scope }),
});
