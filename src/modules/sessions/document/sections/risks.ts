/** Section 9, risks: rules with an id over the choices; a rule whose data is missing says so instead of staying silent. */
import { subset, validRange } from 'semver';
import { jsonOf } from '../../../research/research.service.js';
import type { PackageRecord } from '../../../research/research.types.js';
import { majorOf } from '../../gaps/gap-rules.js';
import type { NodeRelease, NodeSchedule } from '../../gaps/gap.types.js';
import type { Risk } from '../document.types.js';
import { counted, daysBetween, grouped, listed } from '../writing/text.js';
import { chosenRecords, labelOf, type Writing } from '../writing/writing.js';

type RiskDraft = Omit<Risk, 'id'>;

export function risksOf(writing: Writing): Risk[] {
  const rules = [nodeEol, licenceDepth, singlePoint, hotRow, zeroMajor, namedReplacement, stale];
  return rules.flatMap((rule) => rule(writing)).map((draft, index) => ({ id: `K-${index + 1}`, ...draft }));
}

function nodeEol(writing: Writing): RiskDraft[] {
  const wanted = writing.input.read.constraints.engines['node'];
  const line = wanted === undefined ? undefined : majorOf(wanted);
  if (line === undefined) return [];
  const piece = writing.book.pieceTitled('node-releases');
  const release = (piece && (jsonOf(piece) as NodeSchedule | undefined))?.[`v${line}`];
  const head = { rule: 'NODE-EOL', risk: 'runtime leaves its support' };
  if (!piece || release?.end === undefined) {
    const fact = `not assessable: no release schedule of Node.js ${line} was at hand`;
    return [{ ...head, fact, answer: 'look up its end of life' }];
  }
  claimDates(writing, piece.sha256, line, release);
  const left = daysBetween(writing.input.factsDate, release.end);
  const fact = `Node.js ${line} ${supportText(release, release.end, writing.input.factsDate)}${successorText(writing, line + 2)}`;
  return [
    { ...head, fact, answer: left < 0 ? 'move before anything is built' : `run the tests on ${line} and ${line + 2}` },
  ];
}

function claimDates({ book }: Writing, evidence: string, line: number, release: NodeRelease): void {
  for (const field of ['maintenance', 'end'] as const) {
    const value = release[field];
    if (value === undefined) continue;
    book.claim('9', `Node.js ${line}: ${field} ${value}`, { evidence, pointer: `/v${line}/${field}`, value });
  }
}

function supportText(release: NodeRelease, end: string, today: string): string {
  const left = daysBetween(today, end);
  if (left < 0) return `ended ${end}, ${grouped(-left)} days before ${today}`;
  const { maintenance } = release;
  const state = maintenance !== undefined && maintenance <= today ? `is in maintenance since ${maintenance} and ` : '';
  return `${state}ends ${end}, ${grouped(left)} days after ${today}`;
}

function successorText(writing: Writing, line: number): string {
  const records = chosenRecords(writing);
  const ready = records.filter(({ record }) => declares(record, line));
  if (records.length === 0) return '';
  const names = ready.length === 0 ? 'none of the choices' : listed(ready.map(({ choice }) => labelOf(choice.option)));
  return `. Declared ranges that contain ${line}.x: ${names} (${ready.length} of ${records.length})`;
}

function declares(record: PackageRecord, line: number): boolean {
  const range = record.engines?.['node'];
  return range !== undefined && validRange(range) !== null && subset(`${line}.x`, range);
}

function licenceDepth(writing: Writing): RiskDraft[] {
  const records = chosenRecords(writing);
  if (records.length === 0) return [];
  const closed = records.filter(({ record }) => installs(record) === 0);
  const below = records.reduce((sum, { record }) => sum + installs(record), 0);
  const complete =
    closed.length === 0
      ? 'complete for none'
      : `complete for ${listed(closed.map(({ choice }) => labelOf(choice.option)))}, with nothing below`;
  return [
    {
      rule: 'LIC-DEPTH',
      risk: 'licences below the first level',
      fact: `checked for ${counted(records.length, 'chosen package')}; ${complete}; ${counted(below, 'direct dependency', 'direct dependencies')} and what they install were not read`,
      answer: 'check the lock file at every build',
    },
  ];
}

function installs(record: PackageRecord): number {
  const dependencies =
    Object.keys(record.dependencies ?? {}).length + Object.keys(record.optionalDependencies ?? {}).length;
  const peers = Object.keys(record.peerDependencies ?? {}).filter(
    (name) => record.peerDependenciesMeta?.[name]?.optional !== true,
  );
  return dependencies + peers.length;
}

function singlePoint(writing: Writing): RiskDraft[] {
  const roles = new Map<string, string[]>();
  const add = (server: string, role: string) => roles.set(server, [...(roles.get(server) ?? []), role]);
  const used = writing.input.read.inUse.filter(
    (use) => use.category === 'database-primary' || use.category === 'cache',
  );
  for (const use of used) add(use.slug, use.category);
  for (const { gap, option } of writing.choices) {
    const { needsServers, needsOneServerOf = [], builtInto = [] } = option.candidate;
    const one = [...needsOneServerOf, ...builtInto].find((server) => used.some((use) => use.slug === server));
    for (const server of new Set([...needsServers, ...(one === undefined ? [] : [one])]))
      add(server, `${gap.category} (${gap.id})`);
  }
  return [...roles]
    .filter(([, names]) => names.length > 1)
    .map(([server, names]) => ({
      rule: 'SPOF-1',
      risk: 'one server carries several roles',
      fact: `${server} carries ${listed(names)}: when it stops, all of them stop`,
      answer: 'state recovery time and tolerated loss before hosting is chosen',
    }));
}

function hotRow(writing: Writing): RiskDraft[] {
  const hot = writing.input.derivation.derived.find((quantity) => /HOT|LOCK|MM1|M\/M\/1/i.test(quantity.formula));
  if (!hot) return [];
  const needs = writing.input.derivation.requirements.filter((requirement) => requirement.from.includes(hot.id));
  return [
    {
      rule: 'HOT-1',
      risk: 'all writes meet on one row',
      fact: `${hot.name}: ${hot.shown} (${hot.id})`,
      answer:
        needs.length > 0
          ? needs.map((requirement) => requirement.id).join(', ')
          : 'one row per item, no shared counter',
    },
  ];
}

function zeroMajor(writing: Writing): RiskDraft[] {
  const zero = chosenRecords(writing).filter(({ record }) => record.version.startsWith('0.'));
  if (zero.length === 0) return [];
  return [
    {
      rule: 'ZERO-MAJOR',
      risk: 'a 0.x release line in the core',
      fact: listed(zero.map(({ choice }) => labelOf(choice.option))),
      answer: 'exact pin, one test run per upgrade',
    },
  ];
}

function namedReplacement(writing: Writing): RiskDraft[] {
  const head = { rule: 'REPL-1', risk: 'a dependency for which a replacement is named' };
  const records = chosenRecords(writing);
  const piece = writing.book.pieceTitled('module-replacements');
  const mappings = (piece && (jsonOf(piece) as { mappings?: Record<string, unknown> } | undefined))?.mappings;
  if (records.length === 0) return [];
  if (!mappings) return [{ ...head, fact: 'not assessable: the list of replacements was not at hand', answer: 'none' }];
  const hits = records.flatMap(({ choice, record }) => {
    const named = [record.name, ...Object.keys(record.dependencies ?? {})].filter((name) =>
      Object.hasOwn(mappings, name),
    );
    return named.length === 0 ? [] : [`${labelOf(choice.option)} → ${named.map((name) => `\`${name}\``).join(', ')}`];
  });
  if (hits.length === 0) return [];
  return [{ ...head, fact: hits.join('; '), answer: 'none now; look again at each upgrade' }];
}

/** Registry mirrors date releases wrongly often enough that no date is used: the rule exists to say that it could not run. */
function stale(writing: Writing): RiskDraft[] {
  const records = chosenRecords(writing);
  if (records.length === 0) return [];
  const first = records[0];
  return [
    {
      rule: 'STALE-1',
      risk: 'abandoned package',
      fact: 'not assessable: release dates and deprecation are not among the fields read (section 10)',
      answer: `read the project pages by hand${first ? `, ${labelOf(first.choice.option)} first` : ''}`,
    },
  ];
}
