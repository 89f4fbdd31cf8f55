import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { TestApp } from './app.js';
import type { RedisServer, TestRedisClient } from './redis.js';

/** What an application asked of its database and of Redis. */
export interface Asked {
  /** Connections taken from the pool: each statement and each transaction takes one. */
  readonly database: number;
  /** Commands as the server got them, without what the process sends by itself: probes, and beats to the other processes. */
  readonly redis: readonly string[];
}

const OF_THE_PROCESS = /^[\d.]+ \[\d+ (?:lua\]|\S+\] "(?:PING|ECHO)"|\S+\] "(?:EVALSHA|PUBLISH)" .*:messages")/;

/** Counts at the pool and at the server (MONITOR), so that nothing of the product is replaced. */
export class IoCounter {
  private taken = 0;
  private lines: string[] = [];
  private marks = 0;

  private constructor(
    pool: Pool,
    private readonly redis: TestRedisClient,
  ) {
    pool.on('acquire', () => (this.taken += 1));
  }

  static async of({ app }: TestApp, redis: RedisServer): Promise<IoCounter> {
    const { driver } = app.get(DataSource, { strict: false });
    const counter = new IoCounter((driver as unknown as { master: Pool }).master, await redis.client());
    const monitor = await redis.client();
    await monitor.monitor((line: unknown) => void counter.lines.push(String(line)));
    return counter;
  }

  /** What was asked since the last look. */
  async look(): Promise<Asked> {
    const database = this.taken;
    const mark = `mark-${++this.marks}`;
    await this.redis.sendCommand(['ECHO', mark]);
    // The server tells commands in their order: once ours was told, all before it were.
    while (!this.lines.at(-1)?.includes(mark) && !this.lines.some((line) => line.includes(mark))) await sleep(1);
    const redis = this.lines.filter((line) => !OF_THE_PROCESS.test(line));
    this.lines = [];
    this.taken = 0;
    return { database, redis };
  }
}
