/** Check 2 and the form of a requirement: rules in the manner of the INCOSE guide for writing requirements. */
import type { Requirement } from '../../derivation/derivation.types.js';
import { CHECKS, failure, type CheckContext, type Failure } from './check.js';

/** Words that no test can decide. Removing one leaves a sentence: repair does so first. */
export const VAGUE_WORDS: readonly string[] = (
  'robust robustly scalable scalably flexible flexibly efficient efficiently fast quickly quick easy easily ' +
  'simple simply user-friendly intuitive seamless seamlessly modern state-of-the-art appropriate ' +
  'appropriately adequate adequately sufficient sufficiently reasonable reasonably suitable proper properly ' +
  'significant significantly high-performance performant reliable reliably secure securely optimal ' +
  'optimally timely various several some many minimal maximal normal typical typically usually generally ' +
  'largely gracefully smoothly better faster best'
).split(' ');

/** Phrases that let a requirement escape its own limit, and verbs behind which nothing can be observed. */
export const VAGUE_PHRASES: readonly string[] = (
  'as needed|as appropriate|as required|if possible|if necessary|as far as possible|where applicable|and/or|' +
  'etc.|tbd|tbc|to be defined|but not limited to|be able to|be capable of|deal with|cope with|take care of|' +
  'provide support for|as soon as possible|in a timely manner|best practice|best practices|shall support|' +
  'shall handle|shall manage|shall ensure|shall enable|shall facilitate|shall optimize|shall optimise|' +
  'shall improve'
).split('|');

const MOST_WORDS = 45;

export interface StatementFault {
  readonly kind: 'vague-word' | 'vague-phrase' | 'shall' | 'subject' | 'length' | 'pronoun' | 'end' | 'empty';
  readonly words: string;
}

type Rule = (text: string) => readonly string[];

/** `it` after a named thing is read by everybody; a plural pronoun, or one that opens the sentence, is not. */
const PRONOUN = /\b(they|them)\b|^(it|this|these|those)\b/i;

const RULES: Readonly<Record<StatementFault['kind'], Rule>> = {
  'vague-word': (text) => VAGUE_WORDS.filter((word) => hasWord(text.toLowerCase(), word)),
  'vague-phrase': (text) => VAGUE_PHRASES.filter((phrase) => text.toLowerCase().includes(phrase)),
  shall: (text) => (shallCount(text) === 1 ? [] : [`${shallCount(text)} times "shall"`]),
  subject: (text) => (/^The [\w*`"«]/.test(text) ? [] : [text.slice(0, 20)]),
  pronoun: (text) => PRONOUN.exec(text)?.slice(0, 1) ?? [],
  length: (text) => (text.split(/\s+/).length > MOST_WORDS ? [`more than ${MOST_WORDS} words`] : []),
  end: (text) => (text.endsWith('.') ? [] : ['no full stop']),
  empty: (text) => (/\bshall\s+\w+(\.|$)/.test(text) ? ['nothing is said after the verb'] : []),
};

/** Every fault of one statement; an empty list is a statement that can be tested as it stands. */
export function statementFaults(statement: string): StatementFault[] {
  const text = withoutCode(statement);
  return Object.entries(RULES).flatMap(([kind, rule]) =>
    rule(text).map((words) => ({ kind: kind as StatementFault['kind'], words })),
  );
}

function shallCount(text: string): number {
  return text.match(/\bshall\b/g)?.length ?? 0;
}

function withoutCode(statement: string): string {
  return statement.replace(/`[^`]*`/g, '`x`').trim();
}

function hasWord(lower: string, word: string): boolean {
  const at = new RegExp(`(?<![\\w-])${word.replace(/[-.]/g, '\\$&')}(?![\\w-])`);
  return at.test(lower);
}

export function checkStatements({ body }: CheckContext): Failure[] {
  const seen = new Map<string, string>();
  return body.requirements.flatMap((requirement) => {
    const twin = seen.get(requirement.statement);
    seen.set(requirement.statement, requirement.id);
    const faults = statementFaults(requirement.statement).map((fault) => faultFailure(requirement, fault));
    return twin === undefined
      ? faults
      : [...faults, failure('statementQuality', CHECKS.statement, requirement.id, `same words as ${twin}`)];
  });
}

function faultFailure(requirement: Requirement, fault: StatementFault): Failure {
  const vague = fault.kind === 'vague-word' || fault.kind === 'vague-phrase';
  return failure(
    'statementQuality',
    vague ? CHECKS.vague : CHECKS.statement,
    requirement.id,
    `${fault.kind}: ${fault.words}`,
  );
}
