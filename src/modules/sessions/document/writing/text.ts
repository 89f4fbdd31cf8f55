/** Numbers and lists as they are printed. Numbers are rounded here, once, and without a locale. */

/** `2000` → `2,000`; keeps decimals as they are. */
export function grouped(value: number): string {
  const [whole = '', decimals] = String(value).split('.');
  const spaced = whole.replace(/\B(?=(?:\d{3}){1,9}$)/g, ',');
  return decimals === undefined ? spaced : `${spaced}.${decimals}`;
}

/** Scores have three decimals: `0.975`. */
export function score(value: number): string {
  return value.toFixed(3);
}

/** `0.975`, or `0.745–0.945` when unknown values leave a range. */
export function scoreRange(low: number, high: number): string {
  return score(low) === score(high) ? score(low) : `${score(low)}–${score(high)}`;
}

/** Share 0-1 as `92.5 %`, without a needless `.0`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1).replace(/\.0$/, '')} %`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[], last = 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${last} ${items[items.length - 1] ?? ''}`;
}

/** `1 package`, `3 packages`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** First letter in upper case, unless the first word is a name such as `pg-boss`; the rest untouched. */
export function sentence(text: string): string {
  if (!/^\p{Ll}+(?=[\s,:;.]|$)/u.test(text)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** First letter in lower case, unless the word is an abbreviation. */
export function lowerFirst(text: string): string {
  return /^\p{Lu}{2}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

/** Days from one `YYYY-MM-DD` to another; negative when the second lies before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

export function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
