import type { Evaluator } from './evaluator.js';
import { type Activation, unknownValue, type Value } from './values.js';

const MAX_BASES = 20;

/** `of.key`; undefined stands for a key that is not known. */
export function memberOf(evaluator: Evaluator, of: Value, key: string | undefined): Value {
  if (key === undefined) return unknownValue('…');
  const read = READ[of.kind] as Read<Value['kind']> | undefined;
  return read?.(evaluator, of, key) ?? unknownValue(key);
}

type Read<Kind extends Value['kind']> = (
  evaluator: Evaluator,
  of: Value & { kind: Kind },
  key: string,
) => Value | undefined;

const READ: { readonly [Kind in Value['kind']]?: Read<Kind> } = {
  record: (evaluator, { entries, in: at }, key) => {
    for (const [name, value] of [...entries].reverse()) {
      if (name === key) return evaluator.value(value, at);
      const spread = name === '...' ? evaluator.member(evaluator.deref(evaluator.value(value, at)), key) : undefined;
      if (spread && (spread.kind !== 'unknown' || spread.source !== '')) return spread;
    }
    return unknownValue('');
  },
  list: (_evaluator, { items }, key) => items[Number(key)],
  module: (evaluator, { files }, key) => evaluator.exported(files, key) ?? moduleBelow(evaluator, files, key),
  external: (_evaluator, { from, name }, key) => ({
    kind: 'external',
    from,
    name: name === 'default' || name === '*' ? key : `${name}.${key}`,
  }),
  class: (evaluator, { id, in: at }, key) => classMember(evaluator, id, at, key),
  object: (evaluator, object, key) => {
    const value = classMember(evaluator, object.id, object.in, key);
    return value?.kind === 'function' ? { ...value, self: object } : value;
  },
  router: (evaluator, { router }, key) => {
    const id = router.fact?.id ?? '';
    const isClass = evaluator.runtime.index.of(router.in.file).classes.has(id);
    return (isClass ? classMember(evaluator, id, router.in, key) : undefined) ?? { kind: 'method', router };
  },
  function: (_evaluator, value, key) => (key === 'bind' || key === 'call' || key === 'default' ? value : undefined),
  inline: (evaluator, { of }, key) => evaluator.member(of, key),
};

/** `package.module` of Python, which some other file has imported. */
function moduleBelow(evaluator: Evaluator, [path]: readonly string[], key: string): Value | undefined {
  const file = path?.endsWith('/__init__.py') ? evaluator.runtime.index.file(path) : undefined;
  const files = file ? evaluator.runtime.index.resolve(`.${key}`, file.facts) : [];
  return files.length ? { kind: 'module', files } : undefined;
}

/** A field or method of a class or of the nearest base that has it. */
function classMember(evaluator: Evaluator, id: string, at: Activation, key: string, level = 0): Value | undefined {
  const file = evaluator.runtime.index.of(at.file);
  const own = `${id}.${key}`;
  if (at.file.bindings[own] || file.routers.has(own)) return evaluator.value({ kind: 'name', name: own }, at);
  const beside = inUnit(evaluator, own, at);
  if (beside) return beside;
  if (level > MAX_BASES) return undefined;
  for (const base of basesOf(evaluator, id, at)) {
    const found = classMember(evaluator, base.id, base.in, key, level + 1);
    if (found && found.kind !== 'unknown') return found;
  }
  return undefined;
}

/** A method or field that another file of the unit gives to the class (Go). */
function inUnit(evaluator: Evaluator, member: string, at: Activation): Value | undefined {
  const found = evaluator.runtime.index
    .siblings(at.file)
    .find(({ facts, routers }) => facts.bindings[member] ?? routers.has(member));
  return found && evaluator.value({ kind: 'name', name: member }, found.top);
}

/** The base classes; those of an object keep what its constructor gave to `super`. */
export function basesOf(evaluator: Evaluator, id: string, at: Activation): { id: string; in: Activation }[] {
  if (at.superRun) return [{ id: at.superRun.id, in: at.superRun.in }];
  const bases = evaluator.runtime.index.of(at.file).classes.get(id)?.bases ?? [];
  return bases.flatMap((base) => {
    const value = evaluator.deref(evaluator.value(base, at));
    if (value.kind === 'class' || value.kind === 'object') return [{ id: value.id, in: value.in }];
    return value.kind === 'router' && value.router.fact ? [{ id: value.router.fact.id, in: value.router.in }] : [];
  });
}
