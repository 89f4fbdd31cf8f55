/** What the formulas may use: the amounts of the brief sorted by what they speak of. */
import type { Need, Quantity, ReadBrief } from '../brief/brief.types.js';

/** A rate with the place it comes from. */
export interface Rated {
  readonly perSecond: number;
  readonly quantity: Quantity;
  readonly need: Need;
}

/** Things of one kind that arrive: `sales`, 33.3 /s at the peak, 0.83 /s otherwise. */
export interface Flow {
  readonly noun: string;
  readonly one: string;
  readonly peak: Rated;
  readonly normal?: Rated;
  /** `peak`: two rates or peak words; `steady`: one rate per second to hour; `daily`: one rate per day or longer; `fleet`. */
  readonly shape: 'peak' | 'steady' | 'daily' | 'fleet';
}

export interface Fleet {
  readonly devices: Quantity;
  readonly noun: string;
  readonly interval: Quantity;
  readonly need: Need;
  readonly item: string;
}

export type DeadlineKind =
  'alarm' | 'notify' | 'handover' | 'export' | 'batch' | 'read' | 'check' | 'business' | 'window';
export interface Deadline {
  readonly need: Need;
  readonly quantity: Quantity;
  readonly kind: DeadlineKind;
  /** The operation it bounds: `fraud checks`; empty when the clause starts with people or a verb. */
  readonly noun: string;
  /** What people open, in their words: `the last 24 hours of a truck`. */
  readonly object?: string;
}

export interface Retention {
  readonly need: Need;
  readonly quantity: Quantity;
  readonly object: string;
  /** `event` in `90 days after the event`; a clause (`they are closed`) is kept as it is. */
  readonly anchor?: string;
  readonly kind: 'delete' | 'keep';
}

/** An amount with its need. */
export interface Stated {
  readonly need: Need;
  readonly quantity: Quantity;
}

export interface Facts {
  readonly read: ReadBrief;
  /** How statements name the system: `marketplace`, `order service`. */
  readonly system: string;
  /** Strongest first. */
  readonly flows: readonly Flow[];
  readonly main?: Flow;
  readonly fleet?: Fleet;
  readonly deadlines: readonly Deadline[];
  readonly retentions: readonly Retention[];
  readonly holds: readonly Stated[];
  readonly outages: readonly Stated[];
  readonly sizes: readonly Stated[];
  readonly uptime?: Stated;
  /** People at the same time. */
  readonly concurrent?: Stated;
  readonly people: readonly Stated[];
  readonly budgets: readonly Stated[];
  /** Parts of one item of a flow: `an order has 4 items`. */
  readonly parts: readonly Stated[];
  has(rule: string): boolean;
  need(rule: string): Need | undefined;
  needs(rule: string): readonly Need[];
}
