import { Injectable } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { Clock } from '../shared/clock/clock.js';
import { DatabaseConnection } from '../shared/database/database-connection.js';

const DEADLINE_MS = 800;
/** Probes need no key and have no limit: however many come, the database is asked this rarely. */
const REMEMBERED_MS = 1000;

/** What requests can't do without. */
export type RequiredStates = Readonly<Record<'database' | 'migrations', string>>;

/**
 * Asks what the program depends on: at most `DEADLINE_MS` long. Probes that come together share one answer, and a good one
 * holds for a second; a bad one does not, so that readiness returns with the dependency.
 */
@Injectable()
export class DependencyChecks {
  private running?: Promise<RequiredStates>;
  private good?: { readonly states: RequiredStates; readonly untilMs: number };

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: DatabaseConnection,
    private readonly clock: Clock,
  ) {}

  /** `up` or `down` by name; never throws because something is down. */
  required(): Promise<RequiredStates> {
    if (this.good && this.clock.monotonicMs() < this.good.untilMs) return Promise.resolve(this.good.states);
    this.running ??= this.remembered().finally(() => (this.running = undefined));
    return this.running;
  }

  private async remembered(): Promise<RequiredStates> {
    const askedAt = this.clock.monotonicMs();
    const states = await this.ask();
    const good = states.database === 'up' && states.migrations === 'up';
    this.good = good ? { states, untilMs: askedAt + REMEMBERED_MS } : undefined;
    return states;
  }

  private async ask(): Promise<RequiredStates> {
    // One look at the database for both checks: a probe must not cost two connections.
    const schema = this.database.schema();
    const database = this.indicators.check('database').attempt(async () => void (await schema));
    const migrations = this.indicators.check('migrations').attempt(async () => {
      const { pending, engineReady } = await schema;
      if (pending.length || !engineReady) throw new Error('the schema is older than this release');
    });
    try {
      const { details } = await this.health.check([
        () => database.withTimeout(DEADLINE_MS),
        () => migrations.withTimeout(DEADLINE_MS),
      ]);
      return statesOf(details);
    } catch (failure) {
      // Terminus reports a failed check as an exception that carries the report.
      return statesOf(reportOf(failure));
    }
  }
}

type Details = Readonly<Record<string, { readonly status: string }>>;

const statesOf = (details: Details): RequiredStates => ({
  database: details['database']?.status ?? 'down',
  migrations: details['migrations']?.status ?? 'down',
});

function reportOf(failure: unknown): Details {
  const response =
    typeof failure === 'object' && failure !== null && 'getResponse' in failure
      ? (failure as { getResponse(): unknown }).getResponse()
      : undefined;
  const details =
    typeof response === 'object' && response !== null && 'details' in response ? response.details : undefined;
  if (typeof details !== 'object' || details === null) throw failure;
  return details as Details;
}
