import { Logger } from '@nestjs/common';

type Details = { readonly stack?: string };

/** What the engine's library says, in our log: its chatter at debug, the rest at its own level. */
export class EngineLogger {
  private readonly logger = new Logger('WorkflowEngine');

  info(entry: unknown): void {
    this.logger.debug(String(entry));
  }

  debug(entry: unknown): void {
    this.logger.verbose(String(entry));
  }

  warn(entry: unknown): void {
    this.logger.warn(String(entry));
  }

  error(entry: unknown, details?: Details): void {
    // What waits for another owner's outcome when the process stops: nothing went wrong.
    if (String(entry).includes('has been shut down')) return;
    this.logger.error(String(entry), details?.stack);
  }
}
