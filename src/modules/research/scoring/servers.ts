import type { Candidate, Citation, PackageRecord } from '../research.types.js';
import type { CandidateFacts, ScoringContext } from './scoring.types.js';
import { cite, escapeStep } from './pointer.js';

/** Packages that speak to a server: a record that requires one of them shows that the server is needed. */
export const SERVER_DRIVERS: Readonly<Record<string, readonly string[]>> = {
  mongodb: ['mongodb', 'mongoose'],
  mysql: ['mysql', 'mysql2'],
  nats: ['nats', '@nats-io/transport-node'],
  postgresql: ['pg', 'postgres'],
  rabbitmq: ['amqplib'],
  redis: ['ioredis', 'redis', '@redis/client'],
};

/**
 * Servers an option would add: those it needs that are not in use, one more when it needs one of several and none is in
 * use (`redis|postgresql`).
 */
export function newServers(candidate: Candidate, inUse: readonly string[]): string[] {
  const added = candidate.needsServers.filter((slug) => !inUse.includes(slug));
  const choice = candidate.needsOneServerOf ?? [];
  if (choice.length > 0 && !choice.some((slug) => inUse.includes(slug))) added.push(choice.join('|'));
  return added;
}

/** Where the record itself shows the servers that the catalogue names: a driver among its dependencies or peers. */
export function serverCitations(candidate: Candidate, facts: CandidateFacts, context: ScoringContext): Citation[] {
  const { own } = facts;
  if (!own) return [];
  const named = [...candidate.needsServers, ...(candidate.needsOneServerOf ?? [])].sort();
  const shown = named.filter((slug) => candidate.needsServers.includes(slug) || context.inUse.includes(slug));
  return shown.flatMap((slug) =>
    driverPointers(own.record, slug).flatMap((pointer) => cite(own.record, own.evidence, pointer) ?? []),
  );
}

function driverPointers(record: PackageRecord, slug: string): string[] {
  return (SERVER_DRIVERS[slug] ?? []).flatMap((driver) =>
    (['dependencies', 'peerDependencies'] as const)
      .filter((field) => record[field]?.[driver] !== undefined)
      .map((field) => `/${field}/${escapeStep(driver)}`),
  );
}

/**
 * Servers whose driver the record requires although the catalogue doesn't name them, or says that another one would do: then
 * the entry is stale, or meant for another release. A record that requires the drivers of several of the servers to choose
 * from (a tool that brings them all) contradicts nothing. Slugs, sorted.
 */
export function contradictedServers(candidate: Candidate, record: PackageRecord): string[] {
  const choice = candidate.needsOneServerOf ?? [];
  const required = Object.keys(record.dependencies ?? {});
  const shown = Object.keys(SERVER_DRIVERS).filter((slug) =>
    (SERVER_DRIVERS[slug] ?? []).some((driver) => required.includes(driver)),
  );
  const bringsSeveral = shown.filter((slug) => choice.includes(slug)).length > 1;
  return shown
    .filter((slug) => !candidate.needsServers.includes(slug) && !(bringsSeveral && choice.includes(slug)))
    .sort();
}
