import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** The only source of time, so that a test can hold it still. */
@Injectable()
export class Clock {
  /** Wall-clock time. */
  now(): Date {
    return new Date(this.nowMs());
  }

  /** The same as milliseconds since 1970, where a `Date` for each look would cost more than the look. */
  nowMs(): number {
    return Date.now();
  }

  /** Milliseconds on a clock that never goes back; for durations only. */
  monotonicMs(): number {
    return performance.now();
  }
}

/** The only source of ids: UUIDv7 (RFC 9562), sortable by the time it was made. */
@Injectable()
export class IdSource {
  private lastMs = 0;
  private counter = 0;

  constructor(private readonly clock: Clock) {}

  /** A new UUIDv7; ids made by one process are strictly ascending (12-bit counter in rand_a, RFC 9562 method 1). */
  next(): string {
    const now = this.clock.now().getTime();
    if (now > this.lastMs) {
      this.lastMs = now;
      this.counter = randomBytes(2).readUInt16BE() & 0x7ff;
    } else if (++this.counter > 0xfff) {
      this.lastMs += 1;
      this.counter = 0;
    }
    const bytes = randomBytes(16);
    bytes.writeUIntBE(this.lastMs, 0, 6);
    bytes.writeUInt16BE(0x7000 | this.counter, 6);
    bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}

/** The only source of chance that is no secret: jitter and early refreshes. */
@Injectable()
export class Randomness {
  /** Uniform in [0, 1). */
  next(): number {
    return Math.random();
  }
}
