import { isDeepStrictEqual } from 'node:util';

/** A value that a load or a set of the model made; no two are alike. */
export interface ModelValue {
  readonly id: number;
}

/** Something that ends values: a delete, set, tag or pattern. */
export interface Change {
  readonly what: string;
  readonly node: number;
  readonly begunAt: number;
  /** Whether a failure of a load that is remembered must end with it, too: only where the key itself was named. */
  readonly namesKey: boolean;
  /** Whether it concerns a value of this key with these tags. */
  readonly concerns: (key: string, tags: readonly string[]) => boolean;
  /** Whether it may take the claim of a load of this key away. */
  readonly mayFence: (key: string) => boolean;
  /** When it was acknowledged. */
  endedAt: number;
  /** From when on each node has heard of it; the node that made it: once it was acknowledged. */
  readonly knownAt: number[];
}

/** Who asks, from when on. */
export interface LookUp {
  readonly node: number;
  readonly key: string;
  readonly askedAt: number;
}

interface Made {
  readonly key: string;
  readonly tags: readonly string[];
  /** A load: when it began, since it sees the truth of that moment. A set: when it was acknowledged. */
  bornAt: number;
}

interface Loading extends LookUp {
  readonly id: number;
}

export interface HistoryRules {
  /** False: where Redis fails a process loads for itself, and begins anew once it may have missed something. */
  readonly oneLoadPerCluster: boolean;
  /** False: a change that was acknowledged may have reached neither Redis nor another node yet. */
  readonly heardAtOnce: boolean;
  /**
   * Whether at the end all nodes must give the same value, not only new enough ones. Of several loads that nothing invalidated a
   * node may keep an earlier one in its first tier until its TTL.
   */
  readonly nodesAgree: boolean;
}

/**
 * What happened in one run, in one order (all nodes live in this process, so a counter orders them), and the rules that it
 * must keep. A load reads the truth when it begins, and a change changes the truth before it begins: so a value is too old for
 * a look-up if it was born before a change began of which the node knew before the look-up began.
 */
export class History {
  readonly broken: string[] = [];
  /** How many answers were compared with a change before them. */
  judged = 0;
  loads = 0;
  private at = 0;
  private readonly made: Made[] = [];
  private readonly changes: Change[] = [];
  private readonly running = new Set<Loading>();
  private readonly lines: string[] = [];

  constructor(
    private readonly nodes: number,
    private readonly rules: HistoryRules,
  ) {}

  get isLoading(): boolean {
    return this.running.size > 0;
  }

  asks(node: number, key: string, how: string): LookUp {
    const lookUp = { node, key, askedAt: this.tick() };
    this.say(`node ${node} ${how} ${key}`);
    return lookUp;
  }

  /** A load that a look-up brought about begins. @returns the value that it gives, or fails with */
  loadBegins(lookUp: LookUp, tags: readonly string[]): Loading {
    const id = this.made.push({ key: lookUp.key, tags, bornAt: this.tick() }) - 1;
    this.say(`node ${lookUp.node} loads ${lookUp.key} #${id} for the look-up of ${lookUp.askedAt} [${tags.join()}]`);
    const loading = { ...lookUp, id };
    this.mustBeAlone(loading);
    this.running.add(loading);
    this.loads += 1;
    return loading;
  }

  loadEnds(loading: Loading): void {
    this.tick();
    this.running.delete(loading);
    this.say(`node ${loading.node} has loaded ${loading.key} #${loading.id}`);
  }

  /** A set begins. @returns its value; `born` when it is acknowledged */
  writes(key: string, tags: readonly string[]): ModelValue {
    return { id: this.made.push({ key, tags, bornAt: Infinity }) - 1 };
  }

  changeBegins(change: Pick<Change, 'what' | 'node' | 'namesKey' | 'concerns' | 'mayFence'>): Change {
    const knownAt = Array<number>(this.nodes).fill(Infinity);
    const begun = { ...change, begunAt: this.tick(), endedAt: Infinity, knownAt };
    this.changes.push(begun);
    this.say(`node ${change.node} begins ${change.what}`);
    return begun;
  }

  changeEnds(change: Change, written?: ModelValue): void {
    change.endedAt = this.tick();
    change.knownAt[change.node] = change.endedAt;
    const made = written === undefined ? undefined : this.made[written.id];
    if (made) made.bornAt = change.endedAt;
    this.say(`node ${change.node} has done ${change.what}`);
  }

  /** A node has handled all messages that were sent before the change was acknowledged. */
  heard(change: Change, node: number): void {
    change.knownAt[node] = Math.min(change.knownAt[node] ?? Infinity, this.tick());
    this.say(`node ${node} has heard of ${change.what} of ${change.begunAt}`);
  }

  /** All nodes have heard of everything. */
  allHeard(): void {
    for (const change of this.changes) for (let node = 0; node < this.nodes; node++) this.heard(change, node);
  }

  /** @param value undefined: none was found */
  answers(lookUp: LookUp, value: unknown): void {
    this.tick();
    if (value === undefined) return;
    const id = (value as ModelValue | null)?.id ?? -1;
    this.say(`node ${lookUp.node} gives ${lookUp.key} #${id} to the look-up of ${lookUp.askedAt}`);
    if (!isDeepStrictEqual(value, { id })) return this.breaks(`${lookUp.key} gave ${JSON.stringify(value)}`);
    this.judge(lookUp, id, false);
  }

  /** Only what a load failed with may reach a look-up. */
  fails(lookUp: LookUp, error: unknown): void {
    this.tick();
    const { message = '', code } = error as { message?: string; code?: string };
    this.say(`node ${lookUp.node} fails ${lookUp.key} of ${lookUp.askedAt}: ${message}`);
    if (code === 'load_failed_elsewhere') return;
    const id = /^load (\d+) failed$/.exec(message)?.[1];
    if (id === undefined) this.breaks(`${lookUp.key} was rejected: ${String(error)}`);
    else this.judge(lookUp, Number(id), true);
  }

  breaks(what: string): void {
    this.say(`BROKEN: ${what}`);
    this.broken.push(`${this.at}: ${what}`);
  }

  /** The last that happened, newest last. */
  told(): string {
    return this.lines.slice(-300).join('\n');
  }

  private judge(lookUp: LookUp, id: number, isFailure: boolean): void {
    const made = this.made[id];
    const what = isFailure ? `the failure #${id}` : `#${id}`;
    if (made?.key !== lookUp.key) return this.breaks(`${lookUp.key} gave ${what} of ${made?.key ?? 'nobody'}`);
    for (const change of this.changes) if (change.namesKey || !isFailure) this.compare(lookUp, what, made, change);
  }

  private compare(lookUp: LookUp, what: string, made: Made, change: Change): void {
    const knownAt = change.knownAt[lookUp.node] ?? Infinity;
    if (knownAt >= lookUp.askedAt || !change.concerns(made.key, made.tags)) return;
    this.judged += 1;
    if (made.bornAt < change.begunAt) this.breaks(`${tooOld(what, made, lookUp)}, after ${saying(change, knownAt)}`);
  }

  /** Two loads of a key at once: only if a change took the claim of one away. */
  private mustBeAlone(loading: Loading): void {
    if (!this.rules.oneLoadPerCluster) return;
    for (const other of this.running) {
      if (other.key !== loading.key) continue;
      const since = Math.min(other.askedAt, loading.askedAt);
      const isFenced = this.changes.some(({ mayFence, endedAt }) => mayFence(other.key) && endedAt >= since);
      if (!isFenced) this.breaks(`#${loading.id} is loaded while #${other.id} of the same ${other.key} is`);
    }
  }

  private tick(): number {
    return ++this.at;
  }

  private say(line: string): void {
    this.lines.push(`${this.at}: ${line}`);
  }
}

const tooOld = (what: string, { key, bornAt }: Made, { node, askedAt }: LookUp) =>
  `node ${node} gave ${what} of ${bornAt} for ${key} to the look-up of ${askedAt}`;

const saying = ({ what, begunAt, node }: Change, knownAt: number) =>
  `${what} of ${begunAt} by node ${node}, known at ${knownAt}`;
