/** Orders that are the same on every machine, so that equal documents have equal hashes. */
/** Order by UTF-16 code units; never a locale's order, which differs between machines. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ids such as `N2`, `R-010`, `G-11` by letters, then by number. */
export function compareIds(a: string, b: string): number {
  const [left, right] = [idParts(a), idParts(b)];
  return compareText(left.letters, right.letters) || left.number - right.number || compareText(a, b);
}

function idParts(id: string): { readonly letters: string; readonly number: number } {
  const match = /^(\D*)(\d*)/.exec(id);
  return { letters: match?.[1] ?? '', number: Number(match?.[2] ?? 0) };
}
