import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AppError } from '../errors/app-error.js';
import { fingerprint } from '../canonical-json/canonical-json.js';
import { IdempotencyRepository, type KeyRow } from './idempotency.repository.js';
import type { IdempotentAnswer, IdempotentRequest, StoredAnswer } from './idempotency.types.js';

/** How long a first answer is replayed. */
const HOURS = 24;
/** Visible ASCII: what an HTTP header carries unchanged. */
const KEY_SHAPE = /^[\x21-\x7e]{1,255}$/;
const SWEEP_CHUNK = 1000;

/**
 * `Idempotency-Key`: the key, the business rows and the started work commit together, so a crash between commit and
 * reply loses the reply only, and the retry gets it.
 *
 * The key is taken by an advisory lock of the transaction that is tried, never waited for: two hundred equal requests
 * at once hold two hundred connections for a moment instead of until the first one commits, and the losers learn at
 * once that the first is in flight. The lock goes with its transaction, also when the process is killed. A failed
 * request leaves no row: the client may correct it and use the same key again.
 */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: IdempotencyRepository,
  ) {}

  /**
   * Runs `work` in one transaction, at most once per key.
   * @throws AppError 422 `idempotency_key_invalid` (not 1-255 visible ASCII characters), 409 `idempotency_in_flight`,
   *   422 `idempotency_key_reused` (other payload), and whatever `work` throws.
   */
  async run(
    request: IdempotentRequest,
    work: (manager: EntityManager) => Promise<StoredAnswer>,
  ): Promise<IdempotentAnswer> {
    const { scope, route, key } = request;
    if (key === undefined) {
      return this.dataSource.transaction(async (manager) => ({ ...(await work(manager)), replayed: false }));
    }
    assertIdempotencyKey(key);
    const requestSha256 = fingerprint(request.payload);
    return this.dataSource.transaction(async (manager) => {
      if (!(await this.keys.tryTake(manager, scope, route, key))) throw inFlight();
      const known = await this.keys.find(manager, scope, route, key);
      if (known) return replay(known, requestSha256);
      const answer = await work(manager);
      await this.keys.store(manager, { scope, route, key, requestSha256, hours: HOURS }, answer);
      return { ...answer, replayed: false };
    });
  }

  /** Removes expired keys of all workspaces, a chunk at a time; returns how many went. */
  sweep(): Promise<number> {
    return this.keys.sweep(this.dataSource.manager, SWEEP_CHUNK);
  }
}

/** @throws AppError 422 `idempotency_key_invalid` */
export function assertIdempotencyKey(key: string): void {
  if (KEY_SHAPE.test(key)) return;
  throw new AppError(
    'invalid',
    'idempotency_key_invalid',
    'Idempotency-Key must be 1 to 255 visible ASCII characters; a UUID is a good one.',
  );
}

function inFlight(): AppError {
  return new AppError(
    'conflict',
    'idempotency_in_flight',
    'The first request with this Idempotency-Key is still being answered. Repeat this one in a second to get its answer.',
    { retryAfter: 1 },
  );
}

function replay(known: KeyRow, requestSha256: string): IdempotentAnswer {
  if (known.requestSha256 !== requestSha256) {
    throw new AppError(
      'invalid',
      'idempotency_key_reused',
      'This Idempotency-Key was used with another payload in the last 24 hours. Use a new key for a new request.',
    );
  }
  if (!known.answer) throw inFlight();
  return { ...known.answer, replayed: true };
}
