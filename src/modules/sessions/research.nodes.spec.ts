import { Logger } from '@nestjs/common';
import { ResearchNodes, type ResearchPlan } from './research.nodes.js';

/** Nodes whose stored facts answer as said, by category. */
function nodesOf(answers: Readonly<Record<string, () => Promise<unknown>>>): ResearchNodes {
  const researchers = { known: (_scope: unknown, { category }: { category: string }) => answers[category]?.() };
  return new ResearchNodes({} as never, {} as never, researchers as never, {} as never, {} as never);
}

const plan = {
  basis: {
    brief: { projectType: 'api', requirements: 'a', techStack: {} },
    options: { maxOptionsPerGap: 5 },
    read: { inUse: [], constraints: { forbidden: [], pinned: {} } },
    stack: [],
  },
  gaps: ['orm', 'testing'].map((category) => ({ gap: { id: category, category } })),
} as unknown as ResearchPlan;

describe('gaps that stored facts may answer', () => {
  const answer = { result: {}, cached: false };
  beforeEach(() => jest.spyOn(Logger.prototype, 'error').mockImplementation());
  afterEach(() => jest.restoreAllMocks());

  it('one that fails is left to its own step, the others are answered', async () => {
    const nodes = nodesOf({
      orm: () => Promise.reject(new TypeError('a bug')),
      testing: () => Promise.resolve(answer),
    });
    const known = await nodes.known({} as never, plan);
    expect([...known]).toEqual([['testing', answer]]);
    expect(Logger.prototype.error).toHaveBeenCalledTimes(1);
  });

  it('a database that is away is an error of the step, which the engine tries again', async () => {
    const away = Object.assign(new Error('terminating connection'), { code: '57P01' });
    const nodes = nodesOf({ orm: () => Promise.reject(away), testing: () => Promise.resolve(answer) });
    await expect(nodes.known({} as never, plan)).rejects.toBe(away);
  });
});
