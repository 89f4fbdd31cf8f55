/** What is kept or deleted, for how long, counted from what. One need may state several (`raw … 30 days, averages … 5 years`). */
import type { Need, Quantity, ReadBrief } from '../brief/brief.types.js';
import { lowerFirst } from '../brief/nouns.js';
import type { Retention } from './facts.types.js';

const DELETES = /\b(?:deleted?|erased?|removed?|purged?|anonymi[sz]ed|no longer|at most)\b/iu;
const OBJECT_ENDS =
  /\b(?:is|are|must|may|will|shall|has|have|kept|keep|stored|retained|archived|deleted|erased|removed|for)\b/iu;
const LEADING = /^[\s,;:]*(?:(?:and|but|all|the|our|every|a|an|of)\s+)*/iu;

function objectBefore(local: string): string {
  const text = local.replace(LEADING, '');
  const end = OBJECT_ENDS.exec(text)?.index ?? text.length;
  return lowerFirst(
    text
      .slice(0, end)
      .replace(/(?<![\s,:;])[\s,:;]+$/u, '')
      .split(/\s+/u)
      .slice(0, 6)
      .join(' '),
  );
}

/** `5 years of history is kept`: the object follows the amount. */
function objectAfter(rest: string): string {
  const match = /^\s+of\s+([\p{L}-]+(?:\s[\p{L}-]+)?)/u.exec(rest);
  return match?.[1]?.replace(/\s(?:is|are|must|stays?)$/u, '') ?? '';
}

function anchorAfter(rest: string): string | undefined {
  const match = /^\s*(?:after|from|since)\s+(?:the\s+|their\s+|its\s+|an?\s+)?([^.;,()]{2,40})/iu.exec(rest);
  return match?.[1]?.trim().split(/\s+/u).slice(0, 6).join(' ');
}

function retentionOf(need: Need, quantity: Quantity, from: number): { retention: Retention; end: number } | undefined {
  const start = need.text.indexOf(quantity.words, from);
  if (start < 0) return undefined;
  const end = start + quantity.words.length;
  const local = need.text.slice(from, start);
  const rest = need.text.slice(end);
  const object = objectAfter(rest) || objectBefore(local);
  if (object === '') return undefined;
  const anchor = anchorAfter(rest);
  const kind =
    DELETES.test(local) || (DELETES.test(need.text) && anchor !== undefined && !/\bkept\b/iu.test(local))
      ? 'delete'
      : 'keep';
  return { retention: { need, quantity, object, kind, ...(anchor === undefined ? {} : { anchor }) }, end };
}

/** Retentions in the order of the brief. */
export function retentionsOf(read: ReadBrief): readonly Retention[] {
  return read.needs
    .filter((need) => need.triggers.some((t) => t.rule === 'RETENTION-1' || t.rule === 'KEPT-1'))
    .flatMap((need) => {
      let from = 0;
      return need.quantities.flatMap((quantity) => {
        if (quantity.kind !== 'duration' || quantity.value < 3_600) return [];
        const found = retentionOf(need, quantity, from);
        from = found?.end ?? from;
        return found ? [found.retention] : [];
      });
    });
}
