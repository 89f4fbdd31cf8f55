import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock/clock.js';
import { FactsRepository } from './facts.repository.js';
import { PUBLIC_SCOPE } from './public-scope.js';
import { ReleaseMarks } from './release-marks.js';
import { RegistrySource } from './sources/registry.source.js';

/** Facts looked at with one statement. */
const PAGE = 500;

/** Asks the registry for the newest versions of packages that cached research rests on, one package a call. */
@Injectable()
export class ReleaseCheck {
  /** Where the last call stopped, so that packages nobody researches any more are not in the way of the others. */
  private after = '';

  constructor(
    private readonly facts: FactsRepository,
    private readonly registry: RegistrySource,
    private readonly marks: ReleaseMarks,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks for the next package whose fact is older than `maxAgeMs`, by its ETag; the fact and its evidence are renewed. A package
   * is claimed first, so that no other process asks for it, and a failure waits for the next time, too.
   * @returns whether one was asked for; false: none is due
   */
  async next(maxAgeMs: number): Promise<boolean> {
    const due = { before: new Date(this.clock.nowMs() - maxAgeMs), limit: PAGE };
    for (;;) {
      const urls = await this.facts.due(PUBLIC_SCOPE, { ...due, after: this.after });
      for (const url of urls) {
        this.after = url;
        const name = this.registry.packageAt(url);
        if (name === undefined || !(await this.marks.isMarked(name))) continue;
        if (!(await this.facts.claim(PUBLIC_SCOPE, url, due.before, this.clock.now()))) continue;
        await this.registry.renew(name);
        return true;
      }
      if (urls.length < PAGE) break;
    }
    this.after = '';
    return false;
  }
}
