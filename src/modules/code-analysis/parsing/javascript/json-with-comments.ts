/** Texts are kept; one that does not end goes on to the end of the file, so that no quote is looked from twice. */
const COMMENTS = /("(?:[^"\\]|\\(?:[\s\S]|$))*(?:"|$))|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
const COMMAS = /("(?:[^"\\]|\\(?:[\s\S]|$))*(?:"|$))|,(?=\s*[}\]])/g;

const withoutOthers = (text: string, tokens: RegExp) =>
  text.replace(tokens, (_all, kept: string | undefined) => kept ?? '');

/** tsconfig.json is JSON with comments and trailing commas. Undefined for what can't be read. */
export function jsonWithComments(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const plain = withoutOthers(withoutOthers(text, COMMENTS), COMMAS);
  try {
    const value: unknown = JSON.parse(plain.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
