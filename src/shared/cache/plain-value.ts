/** Nesting beyond this is taken for a cycle or a mistake; JSON.stringify itself gives up at some thousands. */
const MAX_DEPTH = 200;
/** Where the walk ends, some thousand-fold the usual: parts that are shared again and again would make it exponential. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_PATH_LENGTH = 200;

/**
 * Bytes of 64-bit V8 without pointer compression (Node 20 to 24), measured with unusual shapes, too. ARRAY and OBJECT hold
 * the room that V8 takes for members before they come; a key met first brings a hidden class; objects with many keys or
 * without prototype are hash tables of three words an entry, a third full.
 */
const SLOT = 8;
const HEAP_NUMBER = 16;
const STRING = 24;
const ARRAY = 48 + 16 * SLOT;
const OBJECT = 24 + 5 * SLOT;
const HIDDEN_CLASS = 128;
const TABLE_ENTRY = 3 * 3 * SLOT;
const TABLE_FROM = 12;

const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['Date', 'an ISO string'],
  ['Map', 'an object or a list of pairs'],
  ['Set', 'an array'],
  ['Promise', 'what it resolves to'],
  ['RegExp', 'its source'],
  ['URL', 'its text'],
]);

export type ValueInspection =
  | {
      /** What V8 keeps for the value at most; text counts two bytes a code unit, parts that are shared count each time. */
      readonly bytes: number;
    }
  | {
      /** What JSON would lose, with its place and the remedy: `$.items[3].at is a Date; store an ISO string`. */
      readonly problem: string;
    };

interface Walk {
  bytes: number;
  problem: string;
  readonly keys: Set<string>;
  /** From the problem up to the root; filled only on the way back from one. */
  readonly path: (string | number)[];
}

/**
 * Whether JSON keeps a value exactly, and how much memory it takes, in one walk that builds no text and runs
 * no accessor of an object. Kept: null, booleans, finite numbers (-0 as 0), well-formed strings, arrays without holes, and plain objects, whose
 * members that are undefined count as absent. Never throws.
 */
export function inspectValue(value: unknown): ValueInspection {
  const walk: Walk = { bytes: 0, problem: '', keys: new Set(), path: [] };
  try {
    if (isKept(value, 0, walk)) return { bytes: walk.bytes };
    return { problem: `${pathOf(walk.path)} ${walk.problem}` };
  } catch {
    return { problem: `${pathOf(walk.path)} can't be read` };
  }
}

function isKept(value: unknown, depth: number, walk: Walk): boolean {
  walk.bytes += SLOT;
  switch (typeof value) {
    case 'string':
      walk.bytes += STRING + value.length * 2;
      return isWellFormed(value) || fails(walk, 'holds half a surrogate pair; cut text between characters');
    case 'number':
      if ((value | 0) !== value) walk.bytes += HEAP_NUMBER;
      return Number.isFinite(value) || fails(walk, `is ${value}; store null`);
    case 'boolean':
      return true;
    case 'object':
      return value === null || isContainerKept(value, depth, walk);
    default:
      return fails(walk, value === undefined ? 'is undefined; store null' : notData(value));
  }
}

function notData(value: unknown): string {
  return typeof value === 'bigint' ? 'is a bigint; store a string' : `is a ${typeof value}; store data only`;
}

function isContainerKept(value: object, depth: number, walk: Walk): boolean {
  if (depth >= MAX_DEPTH) return fails(walk, `is nested deeper than ${MAX_DEPTH} or holds itself; store a flat form`);
  if (walk.bytes > MAX_BYTES) return fails(walk, `lies beyond ${MAX_BYTES} bytes; store less`);
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (Array.isArray(value)) {
    if (!isArrayPrototype(prototype)) return fails(walk, `is an instance of ${nameOf(prototype)}; store a plain array`);
    return isArrayKept(value, depth, walk);
  }
  if (!isObjectPrototype(prototype)) return fails(walk, foreign(value, prototype));
  return isObjectKept(value, depth, walk);
}

function isArrayKept(array: readonly unknown[], depth: number, walk: Walk): boolean {
  walk.bytes += ARRAY + (array.length >> 1) * SLOT;
  for (let index = 0; index < array.length; index += 1) {
    const item = array[index];
    if (item === undefined) fails(walk, index in array ? 'is undefined; store null' : 'is a hole; store null');
    else if (isKept(item, depth + 1, walk)) continue;
    walk.path.push(index);
    return false;
  }
  if (Object.keys(array).length !== array.length)
    return fails(walk, 'has named members beside its items; JSON drops them');
  return hasNoHiddenForm(array, walk);
}

function isObjectKept(object: object, depth: number, walk: Walk): boolean {
  let members = 0;
  for (const key in object) {
    const member = Object.getOwnPropertyDescriptor(object, key);
    // What a library added to Object.prototype is no member.
    if (member === undefined) continue;
    members += 1;
    if (isMemberKept(key, member, depth, walk)) continue;
    walk.path.push(key);
    return false;
  }
  const isTable = members > TABLE_FROM || Object.getPrototypeOf(object) === null;
  walk.bytes += OBJECT + (isTable ? members * TABLE_ENTRY : 0);
  return hasNoHiddenForm(object, walk);
}

function isMemberKept(key: string, member: PropertyDescriptor, depth: number, walk: Walk): boolean {
  const value = member.value as unknown;
  if (value === undefined) return 'value' in member || fails(walk, 'is an accessor; store its value');
  if (key === '__proto__') return fails(walk, 'would be taken for the prototype; name it otherwise');
  if (!walk.keys.has(key)) {
    if (!isWellFormed(key)) return fails(walk, 'has half a surrogate pair in its name');
    walk.bytes += HIDDEN_CLASS + STRING + key.length * 2;
    walk.keys.add(key);
  }
  return isKept(value, depth + 1, walk);
}

/** What JSON would not see, or would ask for another form of the value. */
function hasNoHiddenForm(value: object, walk: Walk): boolean {
  if (Object.getOwnPropertySymbols(value).length > 0) return fails(walk, 'has a symbol as key; JSON drops it');
  if (!('toJSON' in value)) return true;
  const own = Object.getOwnPropertyDescriptor(value, 'toJSON');
  const isData = own !== undefined && 'value' in own && typeof own.value !== 'function';
  return isData || fails(walk, 'has toJSON(); store what it returns');
}

function fails(walk: Walk, problem: string): false {
  walk.problem = problem;
  return false;
}

/** Also those of another realm (a vm context), whose prototypes are other objects. */
function isObjectPrototype(prototype: object | null): boolean {
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

function isArrayPrototype(prototype: object | null): boolean {
  if (prototype === Array.prototype) return true;
  return Array.isArray(prototype) && Object.getPrototypeOf(Object.getPrototypeOf(prototype)) === null;
}

function foreign(value: object, prototype: object | null): string {
  const name = nameOf(prototype);
  if (ArrayBuffer.isView(value) || name.endsWith('ArrayBuffer')) return `is a ${name}; store base64 text`;
  const remedy = REMEDIES.get(name);
  return remedy ? `is a ${name}; store ${remedy}` : `is an instance of ${name}; store a plain object`;
}

function nameOf(prototype: object | null): string {
  const made = (prototype as { readonly constructor?: unknown } | null)?.constructor;
  return (typeof made === 'function' && made.name) || 'class without a name';
}

/** ES2024; the compiler's library is that of the oldest Node that is supported, which has it. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

function pathOf(keys: readonly (string | number)[]): string {
  let path = '$';
  for (let index = keys.length - 1; index >= 0 && path.length <= MAX_PATH_LENGTH; index -= 1) path += step(keys[index]);
  return path.length <= MAX_PATH_LENGTH ? path : `${path.slice(0, MAX_PATH_LENGTH)}…`;
}

function step(key: string | number | undefined): string {
  if (typeof key === 'string' && /^[A-Za-z_$][\w$]{0,100}$/.test(key)) return `.${key}`;
  return `[${JSON.stringify(key)}]`;
}
