import pg from 'pg';
import type { Deadline } from '../deadline/deadline.js';
import type { AppError } from '../errors/app-error.js';
import { beginSpan, currentDeadline } from '../logging/request-context.js';
import type { PoolLimits } from './pool-limits.js';

type Run = (...parameters: readonly unknown[]) => unknown;

/** What of a connection the driver uses to ask for the end of a statement, and its types do not tell. */
interface Backend {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean | object;
  readonly processID: number;
  readonly secretKey: number;
  readonly connectionParameters: { readonly sslnegotiation?: string };
}

/** A request to cancel is a connection of its own; a server that does not take it in this time is left to its own limits. */
const CANCEL_MS = 2_000;

/** What ends a transaction is always let through: it is all or nothing, however late. */
const ENDS_TRANSACTION = /^\s*(?:COMMIT|ROLLBACK|RELEASE)\b/i;

/**
 * From now on a deadline ends what it finds running on the connection, and nothing of its work begins afterwards; a statement
 * that takes longer than what it is for may take ends the same way. The server is asked to cancel it, so that the connection is
 * clean and goes back to the pool.
 */
export function boundByDeadline(client: pg.PoolClient, limits?: PoolLimits): void {
  const owner = client as unknown as { query: Run };
  const run = owner.query.bind(client);
  owner.query = (...parameters) => {
    if (isFree(parameters)) return run(...parameters);
    const deadline = currentDeadline();
    const statement = limits?.beginStatement();
    const bounds = [deadline, statement].filter((one) => one !== undefined);
    if (bounds.length === 0) return run(...parameters);
    const ended = bounded(client, bounds, () => run(...parameters) as Promise<unknown>);
    return statement === undefined ? ended : ended.finally(() => statement.lift());
  };
}

/** Statements with a callback are the pool's own. */
function isFree(parameters: readonly unknown[]): boolean {
  if (typeof parameters.at(-1) === 'function') return true;
  const [statement] = parameters as [string | { readonly text?: string }];
  return ENDS_TRANSACTION.test(typeof statement === 'string' ? statement : (statement.text ?? ''));
}

async function bounded(
  client: pg.PoolClient,
  bounds: readonly Deadline[],
  run: () => Promise<unknown>,
): Promise<unknown> {
  const over = bounds.find(({ reason }) => reason !== undefined);
  if (over !== undefined) throw over.reason as Error;
  const endSpan = beginSpan('database');
  let reason: AppError | undefined;
  let cancelling: Promise<void> | undefined;
  const stop = (why: AppError) => {
    endSpan();
    reason ??= why;
    cancelling ??= cancel(client as unknown as Backend);
  };
  const takeBack = bounds.map((bound) => bound.onOver(stop));
  try {
    return await run();
  } catch (error) {
    throw reason ?? error;
  } finally {
    takeBack.forEach((take) => take());
    // The server closes that connection once it has passed the request on: until then the next statement could be hit.
    await cancelling;
    endSpan();
  }
}

/** Asks the server to cancel what the backend runs; never fails, ends within 2 s. */
function cancel({ host, port, ssl, processID, secretKey, connectionParameters }: Backend): Promise<void> {
  const negotiation = connectionParameters.sslnegotiation;
  const connection = new pg.Connection({
    ssl,
    sslNegotiation: negotiation,
  } as pg.ConnectionConfig) as unknown as Canceller;
  return new Promise((resolve) => {
    const timer = setTimeout(() => connection.stream.destroy(), CANCEL_MS);
    const send = () => connection.cancel(processID, secretKey);
    connection.on('connect', () => {
      if (!ssl) send();
      else if (negotiation !== 'direct') connection.requestSsl();
    });
    connection.on('sslconnect', send);
    connection.on('error', () => connection.stream.destroy());
    connection.on('end', () => {
      clearTimeout(timer);
      resolve();
    });
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}

/** A bare connection of the driver, of which its types tell next to nothing. */
interface Canceller {
  readonly stream: { destroy(): void };
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
  on(event: 'connect' | 'sslconnect' | 'error' | 'end', listener: () => void): void;
}
