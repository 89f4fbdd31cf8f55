import { canonicalJson, sha256Of } from '../canonical-json/canonical-json.js';
import type { CachedRule } from './cached-method.js';
import { CACHE_REGIONS, type CacheRegionName } from './cache-regions.js';
import type { CacheKey } from './cache.types.js';
import { inspectValue } from './plain-value.js';

type Arguments = readonly unknown[];

/** The rule of a decorator, at the method that bears it. */
export interface MethodRule {
  /** `CriteriaService.current` */
  readonly method: string;
  readonly region: CacheRegionName;
  readonly owner?: CachedRule['owner'];
  readonly key?: CachedRule['key'];
}

/**
 * The key of a call, or why it has none.
 * @throws Error for a workspace region when no argument names the workspace
 */
export function keyOfCall(rule: MethodRule, args: Arguments): CacheKey | { readonly problem: string } {
  const owner = ownerOfCall(rule, args);
  if (rule.key) return { region: rule.region, owner, name: rule.key(...args) };
  // By index: arguments that are absent and arguments that are undefined are the same call, null is another.
  const named = { ...args };
  const inspected = inspectValue(named);
  if ('problem' in inspected) return { problem: `argument ${inspected.problem}` };
  return { region: rule.region, owner, name: `${rule.method}:${sha256Of(canonicalJson(named))}` };
}

/** @throws Error that names the method and the remedy */
export function ownerOfCall({ method, region, owner }: MethodRule, args: Arguments): string {
  if (owner) return owner(...args);
  if (CACHE_REGIONS[region].scope === 'public') return 'public';
  const found = args.map(workspaceOf).find((id) => id !== undefined);
  if (found !== undefined) return found;
  throw new Error(
    `${method} is cached in region ${region}, whose values belong to a workspace, but no argument has a workspaceId: ` +
      'pass the WorkspaceScope, or give the decorator an owner.',
  );
}

function workspaceOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { workspaceId } = argument as { readonly workspaceId?: unknown };
  return typeof workspaceId === 'string' && workspaceId !== '' ? workspaceId : undefined;
}
