import { Injectable, Logger } from '@nestjs/common';

const DEADLINE_MS = 1000;

/** What has to be asked for at a scrape. One that fails or is late keeps its last values and is said in the log. */
@Injectable()
export class ScrapeCollectors {
  private readonly logger = new Logger('Metrics');
  private readonly collectors = new Map<string, () => Promise<void>>();
  private running?: Promise<void>;

  add(name: string, collect: () => Promise<void>): void {
    this.collectors.set(name, collect);
  }

  /** Scrapes that overlap share one run: ten scrapers cost one query. */
  run(): Promise<void> {
    this.running ??= Promise.all([...this.collectors].map(([name, collect]) => this.one(name, collect)))
      .then(() => undefined)
      .finally(() => (this.running = undefined));
    return this.running;
  }

  private async one(name: string, collect: () => Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`not collected within ${DEADLINE_MS} ms`)), DEADLINE_MS);
    });
    try {
      await Promise.race([collect(), late]);
    } catch (error) {
      this.logger.warn({ collector: name, err: error }, 'a metric could not be collected');
    } finally {
      clearTimeout(timer);
    }
  }
}
