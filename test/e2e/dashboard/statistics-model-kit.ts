import type { NewSession } from '../../../src/modules/sessions/sessions.repository.js';

/** A session as the random histories begin it. */
export function newSession(id: string, model: string | undefined, projectType: string, at: Date): NewSession {
  const brief = { name: 'n', projectType, requirements: [], techStack: {}, constraints: {} };
  const options = { plan: 'auto', decisions: 'auto', maxOptionsPerGap: 5, analyst: 'heuristic', priority: 5 } as const;
  return { id, brief, files: [], options: { ...options, ...(model === undefined ? {} : { model }) }, at };
}

export const gapsOf = (a: number, b: number) =>
  [1, 2, 3, 4].map((n) => ({
    id: `G-${n}`,
    category: 'cache' as const,
    status: 'open' as const,
    rule: 'GAP-TRIGGERED' as const,
    reason: 'x',
    evidence: [],
    needs: [],
    research: (a * 7 + b * n) % 3 > 0,
  }));
