import type { Candidate, Citation, ConstraintResult } from '../research.types.js';
import type { CandidateFacts, ScoringContext } from './scoring.types.js';
import { engineFit } from './engine-range.js';
import type { RangeFit } from './engine-range.js';
import { licenseState } from './license.js';
import { cite } from './pointer.js';
import { newServers } from './servers.js';

/**
 * Hard constraints of one option, always the four in order, and H5 when the brief keeps its data at one place. `unknown` is neither pass nor fail: the option stays and the
 * table shows `?`. `not-applicable`: the constraint is not set, or says nothing about this kind of option.
 */
export function constraintsOf(
  candidate: Candidate,
  facts: CandidateFacts,
  context: ScoringContext,
): ConstraintResult[] {
  return [
    license(candidate, facts, context),
    engines(candidate, facts, context),
    serverLicense(candidate, context),
    forbidden(candidate, context),
    ...place(candidate, context),
  ];
}

function license(candidate: Candidate, { own }: CandidateFacts, context: ScoringContext): ConstraintResult {
  if (candidate.package === undefined) return notApplicable('H1', 'no package');
  const text = own?.record.license;
  const citations = own ? citing(cite(own.record, own.evidence, '/license')) : [];
  const { licenses } = context.constraints;
  const state = licenses.length === 0 ? 'not-applicable' : licenseState(text, licenses);
  return { id: 'H1', state, shown: text ?? '?', citations };
}

const FIT_STATE: Readonly<Record<RangeFit, ConstraintResult['state']>> = {
  contains: 'pass',
  part: 'unknown',
  none: 'fail',
  unknown: 'unknown',
};

function engines(candidate: Candidate, { own }: CandidateFacts, context: ScoringContext): ConstraintResult {
  const isNpm = candidate.ecosystem === 'javascript' || candidate.ecosystem === 'any';
  if (candidate.package === undefined || !isNpm) return notApplicable('H2', '—');
  const declared = own?.record.engines?.['node'];
  const citations = own ? citing(cite(own.record, own.evidence, '/engines/node')) : [];
  return { id: 'H2', ...engineState(declared, context.constraints.engines['node']), citations };
}

function engineState(
  declared: string | undefined,
  wanted: string | undefined,
): Pick<ConstraintResult, 'state' | 'shown'> {
  const shown = declared ?? '?';
  if (wanted === undefined) return { state: 'not-applicable', shown };
  const fit = engineFit(declared, wanted);
  return { state: FIT_STATE[fit], shown: fit === 'part' ? `${shown} (not all of ${wanted})` : shown };
}

/**
 * Licence of a server the option would add. A client's licence says nothing about it, and the catalogue's own word is a
 * note without stored evidence: shown, never counted, so the state stays unknown.
 */
function serverLicense(candidate: Candidate, context: ScoringContext): ConstraintResult {
  const added = newServers(candidate, context.inUse);
  if (added.length === 0) return notApplicable('H3', 'no new server');
  if (context.constraints.licenses.length === 0) return notApplicable('H3', added.join(', '));
  const note = candidate.serverLicense?.spdx;
  return { id: 'H3', state: 'unknown', shown: note ? `? (noted: ${note})` : '?', citations: [] };
}

function forbidden(candidate: Candidate, context: ScoringContext): ConstraintResult {
  const banned = new Set(context.constraints.forbidden.map((name) => name.toLowerCase()));
  if (banned.size === 0) return notApplicable('H4', '—');
  const own = [candidate.package, candidate.label, ...candidate.names, ...candidate.needsServers];
  const hit = own.find((name) => name !== undefined && banned.has(name.toLowerCase()));
  const choice = candidate.needsOneServerOf ?? [];
  const noServerLeft = choice.length > 0 && choice.every((slug) => banned.has(slug));
  const reason = hit ?? (noServerLeft ? choice.join(' and ') : undefined);
  if (reason === undefined) return { id: 'H4', state: 'pass', shown: 'allowed', citations: [] };
  return { id: 'H4', state: 'fail', shown: `forbidden: ${reason}`, citations: [] };
}

/** What a provider runs is outside the owner's machines by its nature; whether it is inside a region only its contract says. */
function place(candidate: Candidate, { constraints }: ScoringContext): ConstraintResult[] {
  if (constraints.place === undefined) return [];
  if (candidate.rented !== true) return [{ id: 'H5', state: 'pass', shown: 'inside', citations: [] }];
  if (constraints.place.own) return [{ id: 'H5', state: 'fail', shown: 'run by its provider', citations: [] }];
  return [{ id: 'H5', state: 'unknown', shown: '? (by contract)', citations: [] }];
}

const citing = (citation: Citation | undefined): Citation[] => (citation ? [citation] : []);

function notApplicable(id: ConstraintResult['id'], shown: string): ConstraintResult {
  return { id, state: 'not-applicable', shown, citations: [] };
}
