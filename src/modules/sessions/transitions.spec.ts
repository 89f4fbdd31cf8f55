import * as fc from 'fast-check';
import { PHASES, SESSION_STATUSES, type SessionStatus } from './sessions.types.js';
import { ACTIONS, allows, isTerminal, remedyOf, TRANSITIONS, type Action } from './transitions.js';

const action = fc.constantFrom(...ACTIONS);

/** A life as anybody could try it: actions that the table refuses change nothing. */
function live(actions: readonly Action[]): SessionStatus[] {
  const path: SessionStatus[] = [TRANSITIONS.create.to];
  for (const one of actions) {
    const now = path.at(-1) ?? 'queued';
    if (allows(one, now)) path.push(TRANSITIONS[one].to);
  }
  return path;
}

describe('the table of transitions', () => {
  it('reaches every status from creation and leaves none without a way on', () => {
    const reached = new Set<SessionStatus>(['queued']);
    for (let grown = true; grown;) {
      const before = reached.size;
      for (const { from, to } of Object.values(TRANSITIONS))
        if (from.some((status) => reached.has(status))) reached.add(to);
      grown = reached.size > before;
    }
    expect([...reached].sort()).toEqual([...SESSION_STATUSES].sort());
    for (const status of SESSION_STATUSES) expect(ACTIONS.some((one) => allows(one, status))).toBe(true);
  });

  it('lets a finished session do nothing but run again', () => {
    for (const status of SESSION_STATUSES.filter(isTerminal)) {
      expect(ACTIONS.filter((one) => allows(one, status))).toEqual(['rerun']);
    }
  });

  it('waits without a workflow: no transition into a wait or an end starts one', () => {
    for (const one of ACTIONS) {
      const { to, starts } = TRANSITIONS[one];
      if (to !== 'queued' && one !== 'advance') expect(starts).toBe(false);
      if (to === 'queued') expect(starts).toBe(true);
    }
  });

  it('never leaves an end but by a new run, whatever is tried in whatever order', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const path = live(actions);
        path.forEach((status, index) => {
          const next = path[index + 1];
          if (isTerminal(status) && next !== undefined) expect(next).toBe('queued');
        });
      }),
    );
  });

  it('names every event once and says a remedy for every status', () => {
    const names = ACTIONS.map((one) => TRANSITIONS[one].past);
    expect(new Set(names).size).toBe(names.length);
    for (const status of SESSION_STATUSES) expect(remedyOf(status)).toMatch(/POST|wait|PATCH/);
  });

  it('cannot be created twice', () => {
    for (const status of SESSION_STATUSES) expect(allows('create', status)).toBe(false);
  });

  it('enters known phases only', () => {
    for (const { phase } of Object.values(TRANSITIONS)) {
      if (phase !== undefined && phase !== 'next') expect(PHASES).toContain(phase);
    }
  });
});
