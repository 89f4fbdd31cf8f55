import { say, seededRandom } from '../../long/support/long-run.js';
import type { History, HistoryRules } from './model-history.js';
import { type Chaos, calm, ModelNodes } from './model-nodes.js';
import { NODES, type Plan, plansOf } from './model-plan.js';
import { Game } from './model-play.js';

const STRICT: HistoryRules = { oneLoadPerCluster: true, heardAtOnce: true, nodesAgree: true };
/** Plans that are played at once, each on keys of its own. */
const AT_ONCE = 20;

/**
 * Several processes at random, against a model.
 * @param plans plans of the first promise; the others have half or a third of it
 */
export function modelSuite(seed: number, plans: number): void {
  const random = seededRandom(seed);
  /** Mostly in time, sometimes some milliseconds late, and seldom so late that all else is over. */
  const late = () => (random() < 0.6 ? 0 : random() < 0.9 ? 5 * random() : 40);
  let world: ModelNodes;
  beforeEach(async () => {
    world = await ModelNodes.start(NODES);
  });
  afterEach(() => world?.stop());

  /** Plays some plans at once, on keys of their own, and then some more. */
  const inBatches = async (chaos: Chaos, count: number): Promise<void> => {
    const plans = plansOf(seed, count);
    const histories: History[] = [];
    for (let from = 0; from < plans.length; from += AT_ONCE) {
      const batch = plans.slice(from, from + AT_ONCE);
      histories.push(...(await play(batch, { chaos, rules: STRICT, between: async () => undefined })));
    }
    tell(histories);
  };

  /** Plays all at once, and looks at the end only when everybody knows what was lost or failed. */
  const withLosses = async (chaos: Chaos, rules: HistoryRules, count: number): Promise<void> =>
    tell(await play(plansOf(seed, count), { chaos, rules, between: () => world.recover() }));

  const play = async (
    plans: readonly Plan[],
    how: { readonly chaos: Chaos; readonly rules: HistoryRules; readonly between: () => Promise<void> },
  ): Promise<readonly History[]> => {
    world.chaos = how.chaos;
    const games = plans.map((clients) => ({ clients, game: new Game(world, how.rules) }));
    await Promise.all(games.map(({ game, clients }) => game.play(clients)));
    await how.between();
    await Promise.all(games.map(({ game }) => game.end()));
    for (const { game } of games) mustHold(game.history);
    return games.map(({ game }) => game.history);
  };

  it('nobody sees what was invalidated, and a key is loaded once at a time', () => inBatches(calm, plans));

  it('the same when answers and messages are late', () => inBatches({ ...calm, delayMs: late }, plans / 2));

  it('when commands fail, nobody is told, and what was invalidated ends once Redis has heard of it', () =>
    withLosses(
      { ...calm, fails: () => (random() < 0.05 ? (random() < 0.5 ? 'before' : 'after') : undefined) },
      { oneLoadPerCluster: false, heardAtOnce: false, nodesAgree: true },
      Math.ceil(plans / 3),
    ));

  it('when messages are lost, what was invalidated ends once the loss is noticed', () =>
    withLosses(
      { ...calm, loses: () => random() < 0.2 },
      { oneLoadPerCluster: true, heardAtOnce: false, nodesAgree: true },
      Math.ceil(plans / 3),
    ));
}

function mustHold(history: History): void {
  if (history.broken.length > 0) throw new Error(`${history.broken.join('\n')}\n\n${history.told()}`);
}

function tell(histories: readonly History[]): void {
  const sum = (count: (history: History) => number) => histories.reduce((all, each) => all + count(each), 0);
  say(`  ${histories.length} runs, ${sum(({ loads }) => loads)} loads, ${sum(({ judged }) => judged)} answers judged`);
}
