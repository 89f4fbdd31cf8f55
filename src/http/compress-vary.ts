/**
 * `Vary` with further request headers: what is there stays, nothing is named twice, `*` covers all.
 * @param value what the answer says already, if anything
 */
export function mergeVary(value: unknown, names: readonly string[]): string {
  const known = (Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (known.includes('*')) return '*';
  const seen = new Set(known.map((name) => name.toLowerCase()));
  return [...known, ...names.filter((name) => !seen.has(name.toLowerCase()))].join(', ');
}
