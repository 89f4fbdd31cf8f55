/** Of what libraries hang on their errors: what helps to find the fault and holds nothing of a user. */
const KEPT = ['code', 'errno', 'syscall', 'address', 'port', 'table', 'column', 'constraint', 'routine'];

interface ErrorLike {
  readonly name?: unknown;
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  readonly constructor?: { readonly name?: string };
}

/**
 * An error as it may be logged: kind, message, stack, code and causes. Drivers hang the statement, its parameters and the
 * failing row on theirs, which hold briefs and hashes of keys, and a brief may have 256 KB.
 */
export function toldError(error: unknown, depth = 0): unknown {
  if (!isErrorLike(error) || depth > 5) return error;
  // Without a prototype the serializer takes the name for the type.
  const told: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  Object.defineProperty(told, 'name', { value: nameOf(error) });
  const { stack, cause, errors } = error;
  const message = toldMessage(error);
  Object.assign(told, {
    message,
    stack: typeof stack === 'string' ? stack.replace(error.message, () => message) : stack,
  });
  for (const key of KEPT) if (key in error) told[key] = (error as unknown as Record<string, unknown>)[key];
  if (isErrorLike(cause)) told.cause = toldError(cause, depth + 1);
  if (Array.isArray(errors)) told.errors = errors.filter(isErrorLike).map((one) => toldError(one, depth + 1));
  return told;
}

/** PostgreSQL quotes the value that it can't take (SQLSTATE class 22): of that, the code says enough. */
export function toldMessage(error: { readonly message: string; readonly code?: unknown }): string {
  const { code, message } = error;
  return typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code)
    ? `the database can't take a value (${code})`
    : message;
}

const nameOf = ({ constructor, name }: ErrorLike): unknown => constructor?.name ?? name;

/** Not instanceof: errors come from other realms too. */
function isErrorLike(value: unknown): value is ErrorLike {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}
