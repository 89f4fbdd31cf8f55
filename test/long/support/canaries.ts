import { randomBytes } from 'node:crypto';

/** Where a secret may turn up. */
export type Place = 'answer' | 'log' | 'metrics' | 'dashboard' | 'database' | 'redis key' | 'redis value';

/** A text that stands for a secret. */
export interface Canary {
  readonly text: string;
  /** Where it was sent. */
  readonly position: string;
  /** Where it may be found, by contract. */
  readonly allowed: ReadonlySet<Place>;
}

/** Makes secrets and finds them again. */
export class Canaries {
  private readonly all = new Map<string, Canary>();

  /** @param allowed where the contract puts what stands there; nowhere when absent */
  at(position: string, ...allowed: readonly Place[]): string {
    const text = `Canary${randomBytes(8).toString('hex')}`;
    this.all.set(text, { text, position, allowed: new Set(allowed) });
    return text;
  }

  get count(): number {
    return this.all.size;
  }

  /** Positions of the secrets in a text that may not be in this place, in clear, as hex (bytea) or as base64. */
  foundIn(place: Place, text: string): string[] {
    const encoded = [...text.matchAll(/436[0-9a-f]{43}/gi)].map(([hex]) => Buffer.from(hex, 'hex').toString('latin1'));
    const found = `${text} ${encoded.join(' ')}`.match(/Canary[0-9a-f]{16}/gi) ?? [];
    const wrong = [...new Set(found)].flatMap((one) => {
      const canary = this.all.get(`Canary${one.slice(6).toLowerCase()}`);
      return canary && !canary.allowed.has(place) ? [`${place}: ${canary.position}`] : [];
    });
    return wrong.sort();
  }

  /** Those that may be in a place, and are: a position that the contract stores must be found again. */
  keptIn(place: Place, text: string): number {
    return [...this.all.values()].filter((canary) => canary.allowed.has(place) && text.includes(canary.text)).length;
  }
}
