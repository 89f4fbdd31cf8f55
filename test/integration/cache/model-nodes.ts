import { setTimeout as sleep } from 'node:timers/promises';
import { CHANNEL } from '../../../src/shared/cache/cache-key.js';
import type { RedisService } from '../../../src/shared/redis/redis.service.js';
import { type CacheNode, redisCacheNode } from '../../support/cache.js';
import { eventually, type RedisServer, startRedis, type TestRedisClient } from '../../support/redis.js';

/** What goes wrong between the caches and their Redis; each is drawn anew for each command and message. */
export interface Chaos {
  /** Milliseconds that a command waits before it is sent, and its answer before it is given; 0: not at all. */
  delayMs(): number;
  /** Whether a command fails: before it is done, or after it. */
  fails(): 'before' | 'after' | undefined;
  /** Whether a message does not reach this node. */
  loses(): boolean;
}

export const calm: Chaos = { delayMs: () => 0, fails: () => undefined, loses: () => false };

const MARK = 'mark:';
const BEATS_TO_TRUST = 3;

/** Some processes' caches on one Redis, with chaos between. */
export class ModelNodes {
  chaos = calm;
  readonly nodes: CacheNode[] = [];
  private marks = 0;
  private readonly marked = new Map<string, (node: number) => void>();
  /** Beats that each node heard, by their sender. */
  private readonly beats: Map<string, number>[] = [];

  private constructor(
    private readonly server: RedisServer,
    private readonly client: TestRedisClient,
  ) {}

  static async start(count: number): Promise<ModelNodes> {
    const server = await startRedis();
    const all = new ModelNodes(server, await server.client());
    for (let node = 0; node < count; node++) {
      all.beats.push(new Map());
      all.nodes.push(await redisCacheNode(server.url, {}, { wrap: (redis) => all.between(redis, node) }));
    }
    return all;
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.close();
    await this.server.stop();
  }

  /** Calls back once for each node when it has handled all that was sent up to now: messages of one channel keep their order. */
  async whenHeard(callback: (node: number) => void): Promise<void> {
    const mark = `${MARK}${++this.marks}`;
    const left = new Set(this.nodes.keys());
    await new Promise<void>((resolve, reject) => {
      this.marked.set(mark, (node) => {
        callback(node);
        left.delete(node);
        if (left.size === 0) resolve();
      });
      this.client.publish(CHANNEL, mark).catch(reject);
    });
    this.marked.delete(mark);
  }

  /** Without chaos until each node has heard so many beats of each other that it knows what it has missed. */
  async recover(): Promise<void> {
    this.chaos = calm;
    for (const heard of this.beats) heard.clear();
    const others = this.nodes.length - 1;
    const knows = (heard: Map<string, number>) =>
      [...heard.values()].filter((count) => count >= BEATS_TO_TRUST).length > others;
    await eventually(() => this.beats.every(knows), 'all nodes hear beats of all');
  }

  private between(redis: RedisService, node: number): RedisService {
    this.troubleCommands(redis);
    this.troubleMessages(redis, node);
    return redis;
  }

  private troubleCommands(redis: RedisService): void {
    const run = redis.run.bind(redis);
    redis.run = (work) => this.troubled(() => run(work));
    // The product's own has the product's deadlines, and a busy machine is not what is looked at here.
    redis.scan = async (match, onBatch) => {
      let cursor = '0';
      do {
        const scan = ['SCAN', cursor, 'MATCH', match, 'COUNT', '1000'];
        const [next, keys] = (await this.troubled(() => this.client.sendCommand(scan))) as [string, string[]];
        cursor = next;
        await onBatch(keys);
      } while (cursor !== '0');
    };
  }

  private async troubled<T>(command: () => Promise<T>): Promise<T> {
    const failure = this.chaos.fails();
    await pause(this.chaos.delayMs());
    if (failure === 'before') throw new Error('not done');
    const answer = await command();
    await pause(this.chaos.delayMs());
    if (failure === 'after') throw new Error('done, and said to have failed');
    return answer;
  }

  private troubleMessages(redis: RedisService, node: number): void {
    const subscribe = redis.subscribe.bind(redis);
    redis.subscribe = (channel, onMessage, onState) => {
      const deliver = (text: string) => this.deliver(node, text, onMessage);
      return subscribe(
        channel,
        inOrder(deliver, () => this.chaos.delayMs()),
        onState,
      );
    };
  }

  private deliver(node: number, text: string, onMessage: (text: string) => void): void {
    if (text.startsWith(MARK)) return this.marked.get(text)?.(node);
    if (this.chaos.loses()) return;
    onMessage(text);
    const { n, s, ...news } = JSON.parse(text) as { n: string; s: number };
    const heard = this.beats[node];
    if (s >= 0 && Object.keys(news).length === 0) heard?.set(n, (heard.get(n) ?? 0) + 1);
  }
}

/** Each message waits, and none overtakes another; without waiting it comes in the same turn. */
function inOrder(deliver: (text: string) => void, delayMs: () => number): (text: string) => void {
  let last = Promise.resolve();
  let waiting = 0;
  return (text) => {
    const ms = delayMs();
    if (ms <= 0 && waiting === 0) return deliver(text);
    waiting += 1;
    last = last.then(async () => {
      await pause(ms);
      waiting -= 1;
      deliver(text);
    });
  };
}

/** Not even a turn when there is nothing to wait for. */
function pause(ms: number): Promise<void> | undefined {
  return ms > 0 ? sleep(ms) : undefined;
}
