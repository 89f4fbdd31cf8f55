import type { Citation, PackageRecord } from '../research.types.js';
import type { CandidateFacts, StoredFile } from './scoring.types.js';
import { cite, escapeStep } from './pointer.js';

/** Conditions of a current TypeScript with `moduleResolution: nodenext`; order is the package's, as in Node's algorithm. */
const CONDITIONS = new Set(['types', 'import', 'require', 'module-sync', 'node', 'default']);
const DECLARATION = /\.d\.(?:ts|mts|cts)$/u;

/**
 * What shows that a package contains types: its `types` field, or the declaration file to which `exports` resolves for `.`,
 * or a declaration file that was looked up, or its `@types` companion. A key `types@<5.4` is no proof: such a key serves
 * old compilers and may point to a mere notice. Undefined: nothing shows it, which is unknown and not "none".
 */
export function typesCitation(facts: CandidateFacts): Citation | undefined {
  const { own, typesPackage } = facts;
  if (own) {
    const pointer = own.record.types === undefined ? exportedTypes(own.record) : '/types';
    const citation = pointer === undefined ? undefined : cite(own.record, own.evidence, pointer);
    if (citation) return citation;
  }
  const file = facts.files?.find((entry) => entry.package === own?.record.name && DECLARATION.test(entry.path));
  if (file) return { evidence: file.evidence, quote: firstLine(file) };
  return typesPackage && cite(typesPackage.record, typesPackage.evidence, '/name');
}

function exportedTypes(record: PackageRecord): string | undefined {
  const { exports } = record;
  const hasPaths = typeof exports === 'object' && exports !== null && Object.hasOwn(exports, '.');
  const root = hasPaths ? (exports as Record<string, unknown>)['.'] : exports;
  return resolveConditions(root, hasPaths ? '/exports/.' : '/exports');
}

/**
 * First declaration file in the package's own order of conditions. Unlike an import, the search goes on behind a condition
 * that leads to code: the question is whether the package contains types, not which file a compiler would load.
 */
function resolveConditions(target: unknown, pointer: string): string | undefined {
  if (typeof target === 'string') return DECLARATION.test(target) ? pointer : undefined;
  if (typeof target !== 'object' || target === null || Array.isArray(target)) return undefined;
  for (const [condition, next] of Object.entries(target)) {
    if (!CONDITIONS.has(condition)) continue;
    const found = resolveConditions(next, `${pointer}/${escapeStep(condition)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstLine(file: StoredFile): string {
  return (
    file.body
      .split('\n')
      .map((line) => line.trim())
      .find((line) => line !== '') ?? ''
  );
}
