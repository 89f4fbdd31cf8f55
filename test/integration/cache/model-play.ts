import { setTimeout as sleep } from 'node:timers/promises';
import { wildcard } from '../../../src/shared/cache/cache-key.js';
import type { CacheEngine } from '../../../src/shared/cache/cache-engine.js';
import type { CacheKey } from '../../../src/shared/cache/cache.types.js';
import { eventually } from '../../support/redis.js';
import { type Change, History, type HistoryRules, type LookUp } from './model-history.js';
import type { ModelNodes } from './model-nodes.js';
import { NAMES, NODES, OWNERS, type Plan, type Step, type StepOf } from './model-plan.js';

const LAST_LOOK = {
  kind: 'look',
  tags: [],
  tagsComeWithValue: false,
  ttl: 60,
  graceTtl: 0,
  softTimeoutMs: 0,
  isReload: false,
  loadMs: 1,
  loadFails: false,
} satisfies Omit<StepOf<'look'>, 'node' | 'key'>;
/** Looks, 100 ms apart. */
const AGREE_WITHIN = 20;

let games = 0;

/** One run of a plan on keys and tags of its own. */
export class Game {
  readonly history: History;
  private readonly name = `model:${++games}:`;
  private readonly keys = NAMES.map((name, index): CacheKey => ({
    region: 'research',
    owner: OWNERS[index] ?? '',
    name: `${this.name}${name}`,
  }));
  private readonly pending: Promise<unknown>[] = [];

  constructor(
    private readonly world: ModelNodes,
    private readonly rules: HistoryRules,
  ) {
    this.history = new History(NODES, rules);
  }

  /** Settles when all clients are through, and each node has heard what was told if nothing is lost. */
  async play(clients: Plan): Promise<void> {
    await Promise.all(
      clients.map(async (steps) => {
        for (const each of steps) await this.take(each);
      }),
    );
    await Promise.all(this.pending);
  }

  /** After all was heard: every node gives what is new enough, and all give the same. */
  async end(): Promise<void> {
    this.history.allHeard();
    await eventually(() => !this.history.isLoading, 'no load is under way');
    for (const each of this.keys.keys()) {
      if (this.rules.nodesAgree) await this.agree(each);
      const ask = (at: number) => this.look({ ...LAST_LOOK, node: at, key: each });
      await Promise.all(this.world.nodes.map((_node, at) => ask(at)));
    }
  }

  /** All nodes give the same value, once loads in the background have stored theirs. */
  private async agree(index: number): Promise<void> {
    for (let left = AGREE_WITHIN; left > 0; left--) {
      const gets = this.world.nodes.map((_node, at) => this.get({ kind: 'get', node: at, key: index }));
      const found = new Set(await Promise.all(gets));
      found.delete(undefined);
      if (found.size <= 1) return;
      await sleep(100);
    }
    this.history.breaks(`the nodes do not agree on ${textOf(this.key(index))}`);
  }

  private take(each: Step): Promise<unknown> {
    switch (each.kind) {
      case 'look':
        return this.look(each);
      case 'get':
        return this.get(each);
      case 'set':
        return this.set(each);
      case 'delete':
        return this.delete(each);
      case 'tags':
        return this.tags(each);
      case 'pattern':
        return this.pattern(each);
      case 'plain':
        return this.plain(each);
      case 'wait':
        return sleep(each.ms);
    }
  }

  private cache(at: number): CacheEngine {
    return this.world.nodes[at]?.cache as CacheEngine;
  }

  private key(index: number): CacheKey {
    return this.keys[index] as CacheKey;
  }

  private async look({ node: at, key: index, ...each }: StepOf<'look'>): Promise<void> {
    const asked = this.key(index);
    const lookUp = this.history.asks(at, textOf(asked), each.isReload ? 'reloads' : 'looks up');
    const tags = each.tags.map((tag) => this.name + tag);
    const options = {
      tags: each.tagsComeWithValue ? () => tags : tags,
      ttl: each.ttl,
      graceTtl: each.graceTtl,
      softTimeoutMs: each.softTimeoutMs,
      ...(each.isReload ? { mode: 'reload' as const } : {}),
    };
    await this.answer(
      lookUp,
      this.cache(at).getOrSet(asked, () => this.load(lookUp, tags, each), options),
    );
  }

  private async load(
    lookUp: LookUp,
    tags: readonly string[],
    { loadMs, loadFails }: { readonly loadMs: number; readonly loadFails: boolean },
  ): Promise<{ id: number }> {
    const loading = this.history.loadBegins(lookUp, tags);
    if (loadMs > 0) await sleep(loadMs);
    this.history.loadEnds(loading);
    if (loadFails) throw new Error(`load ${loading.id} failed`);
    return { id: loading.id };
  }

  private async get({ node: at, key: index }: StepOf<'get'>): Promise<number | undefined> {
    const asked = this.key(index);
    const lookUp = this.history.asks(at, textOf(asked), 'gets');
    const value = await this.answer(lookUp, this.cache(at).get<{ id: number }>(asked));
    return value?.id;
  }

  private async answer<T>(lookUp: LookUp, answer: Promise<T>): Promise<T | undefined> {
    try {
      const value = await answer;
      this.history.answers(lookUp, value);
      return value;
    } catch (error) {
      this.history.fails(lookUp, error);
      return undefined;
    }
  }

  private async set({ node: at, key: index, tags, ttl: seconds }: StepOf<'set'>): Promise<void> {
    const asked = this.key(index);
    const own = tags.map((tag) => this.name + tag);
    const written = this.history.writes(textOf(asked), own);
    const change = this.onKey(at, `set #${written.id} [${own.join()}]`, asked);
    await this.change(change, () => this.cache(at).set(asked, written, { ttl: seconds, tags: own }), written);
  }

  private async delete({ node: at, key: index }: StepOf<'delete'>): Promise<void> {
    const asked = this.key(index);
    await this.change(this.onKey(at, 'delete', asked), () => this.cache(at).delete(asked));
  }

  private onKey(at: number, what: string, asked: CacheKey): Change {
    const text = textOf(asked);
    const isIt = (other: string) => other === text;
    return this.history.changeBegins({
      what: `${what} ${text}`,
      node: at,
      namesKey: true,
      concerns: isIt,
      mayFence: isIt,
    });
  }

  private async tags({ node: at, tags, owner: of }: StepOf<'tags'>): Promise<void> {
    const own = tags.map((tag) => this.name + tag);
    const isOwner = (text: string) => of === undefined || text.startsWith(`${of}/`);
    const change = this.history.changeBegins({
      what: `tags ${own.join()} of ${of ?? 'all'}`,
      node: at,
      namesKey: false,
      concerns: (text, carried) => isOwner(text) && own.some((tag) => carried.includes(tag)),
      // The index of a tag may still name a key whose value carries it no more: that costs a load, never a wrong value.
      mayFence: isOwner,
    });
    await this.change(change, () => this.cache(at).invalidateTags(own, of));
  }

  private async pattern({ node: at, owner: of, pattern: end }: StepOf<'pattern'>): Promise<void> {
    const pattern = this.name + end;
    const matches = wildcard(`${of}/${pattern}`);
    const change = this.history.changeBegins({
      what: `pattern ${of}/${pattern}`,
      node: at,
      namesKey: false,
      concerns: matches,
      mayFence: matches,
    });
    await this.change(change, () => this.cache(at).invalidatePattern('research', of, pattern));
  }

  private async change(change: Change, make: () => Promise<unknown>, written?: { readonly id: number }): Promise<void> {
    try {
      await make();
    } catch (error) {
      return this.history.breaks(`${change.what} was rejected: ${String(error)}`);
    }
    this.history.changeEnds(change, written);
    if (this.rules.heardAtOnce) this.pending.push(this.world.whenHeard((at) => this.history.heard(change, at)));
  }

  private async plain({ node: at, value }: StepOf<'plain'>): Promise<void> {
    const asked: CacheKey = { region: 'criteria', owner: 'w1', name: `${this.name}plain:${JSON.stringify(value)}` };
    const cache = this.cache(at);
    try {
      const answers = [await cache.getOrSet(asked, async () => value), await cache.get(asked)];
      if (answers[0] !== value || (answers[1] !== value && answers[1] !== undefined))
        this.history.breaks(`${asked.name} gave ${JSON.stringify(answers)}`);
    } catch (error) {
      this.history.breaks(`${asked.name} was rejected: ${String(error)}`);
    }
  }
}

const textOf = ({ owner: of, name }: CacheKey) => `${of}/${name}`;
