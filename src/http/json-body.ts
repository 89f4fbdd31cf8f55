import { AppError } from '../shared/errors/app-error.js';

export const JSON_BODY_LIMIT = 256 * 1024;
const DEEPEST = 32;
/** NUL, or a surrogate without its other half. */
export const HOLDS_UNSTORABLE = 'holds a NUL character or half of a surrogate pair';
export const UNSTORABLE = /\0|\p{Surrogate}/u;

/**
 * A JSON body from its bytes. Refused before anything re-serialises or merges it: bytes that are not UTF-8, more than
 * 32 levels, `__proto__` as a name, NUL and lone surrogates (PostgreSQL's text can hold neither).
 * @throws AppError malformed
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0)
    throw new AppError(
      'malformed',
      'empty_body',
      'Content-Type says JSON but the body is empty; send {} for no fields.',
    );
  const text = decode(bytes);
  if (depthOf(text) > DEEPEST)
    throw new AppError('malformed', 'body_too_deep', `The JSON may be nested ${DEEPEST} levels deep.`);
  const value = parse(text);
  const mistake = forbiddenText(value, '');
  if (mistake) throw mistake;
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new AppError('malformed', 'not_utf8', 'The body is not valid UTF-8.');
  }
}

/** Levels of brackets outside of strings: found without building anything, so a deep body costs one pass. */
export function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const unit = json.charCodeAt(at);
    if (inString) {
      if (unit === 0x5c) at++;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x5b || unit === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (unit === 0x5d || unit === 0x7d) depth--;
  }
  return deepest;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const where = /position (\d+)/.exec(String(error))?.[1];
    const at = where === undefined ? '' : ` near character ${where}`;
    throw new AppError('malformed', 'malformed_json', `The body is not JSON: there is a mistake${at}.`);
  }
}

function forbiddenText(value: unknown, pointer: string): AppError | undefined {
  if (typeof value === 'string') return UNSTORABLE.test(value) ? unstorable(pointer) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, child] of Object.entries(value)) {
    const at = `${pointer}/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`;
    if (name === '__proto__') return new AppError('malformed', 'forbidden_name', 'A field may not be named __proto__.');
    const mistake = forbiddenText(name, at) ?? forbiddenText(child, at);
    if (mistake) return mistake;
  }
  return undefined;
}

function unstorable(pointer: string): AppError {
  const errors = [
    {
      pointer: pointer.replace(/\p{Surrogate}/gu, '\ufffd'),
      message: HOLDS_UNSTORABLE,
    },
  ];
  return new AppError('malformed', 'unstorable_text', 'Text may not hold NUL or lone surrogates.', { errors });
}
