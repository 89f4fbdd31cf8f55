/** All rules together, and the one function that fires them. */
import type { Quantity, Trigger } from './brief.types.js';
import { ACCESS_RULES } from './lexicon-access.js';
import { DATA_RULES } from './lexicon-data.js';
import { DEVICE_RULES } from './lexicon-devices.js';
import { FILE_RULES } from './lexicon-files.js';
import { INTERFACE_RULES, LIMIT_RULES } from './lexicon-interfaces.js';
import { LOAD_RULES } from './lexicon-load.js';
import { MESSAGE_RULES } from './lexicon-messages.js';
import { MONEY_RULES } from './lexicon-money.js';
import { OPERATION_RULES } from './lexicon-operations.js';
import { PRIVACY_RULES } from './lexicon-privacy.js';
import { TIME_RULES } from './lexicon-time.js';
import type { LexiconRule } from './lexicon.types.js';
import { sameNoun } from './quantities.js';

export const LEXICON: readonly LexiconRule[] = [
  ...LOAD_RULES,
  ...TIME_RULES,
  ...MONEY_RULES,
  ...ACCESS_RULES,
  ...PRIVACY_RULES,
  ...DATA_RULES,
  ...FILE_RULES,
  ...MESSAGE_RULES,
  ...DEVICE_RULES,
  ...OPERATION_RULES,
  ...INTERFACE_RULES,
  ...LIMIT_RULES,
];

function fire(rule: LexiconRule, text: string, quantities: readonly Quantity[]): string | undefined {
  const quantity = rule.quantity && quantities.find(rule.quantity);
  if (rule.quantity && !quantity) return undefined;
  const words = rule.words?.exec(text)?.[0].trim();
  if (rule.words && words === undefined) return undefined;
  return quantity?.words ?? words;
}

/** Two rates of one noun are a burst: found by comparing quantities, which no single-quantity rule can. */
function burst(quantities: readonly Quantity[]): Trigger[] {
  const rates = quantities.filter((q) => q.kind === 'rate');
  const [first, second] = rates;
  if (!first || !second || !sameNoun(first.noun ?? '', second.noun ?? '')) return [];
  return [
    {
      rule: 'BURST-1',
      words: second.words,
      opens: ['queue-jobs'],
      meaning: 'two rates: capacity follows the queue, not the mean',
    },
  ];
}

/** A general rule adds nothing beside its special one: `SEARCH-1` next to `SEARCH-FIELDS`. */
const COVERED: Readonly<Record<string, readonly string[]>> = {
  'SEARCH-1': ['SEARCH-FIELDS', 'SEARCH-TEXT'],
  'NOTIFY-1': ['NOTIFY-EMAIL', 'NOTIFY-PUSH', 'NOTIFY-SMS'],
  'AMOUNT-1': ['BUDGET-1'],
  'SHARE-1': ['UPTIME-1'],
  'AUTH-1': ['SSO-1'],
  'TEAM-2': ['TEAM-1'],
  'PAY-1': [],
  'IMPORT-1': ['LICENCE-1'],
};

/** Every rule that fires on a clause, in the order of the lexicon; `words` of each are a substring of the clause. */
export function triggersOf(text: string, quantities: readonly Quantity[]): readonly Trigger[] {
  const fired = LEXICON.flatMap((rule): Trigger[] => {
    const words = fire(rule, text, quantities);
    return words === undefined ? [] : [{ rule: rule.id, words, opens: rule.opens, meaning: rule.meaning }];
  });
  const ids = new Set(fired.map((trigger) => trigger.rule));
  const kept = fired.filter((trigger) => !(COVERED[trigger.rule] ?? []).some((special) => ids.has(special)));
  return [...kept, ...burst(quantities)];
}
