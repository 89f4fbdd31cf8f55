/** Section 7: what only shows when the choices are laid side by side. Each check is a rule; one that finds nothing adds no row. */
import { minVersion, satisfies, subset, validRange } from 'semver';
import type { CrossCheck } from '../document.types.js';
import { counted, listed } from '../writing/text.js';
import { chosenRecords, labelOf, requiredPeers, type Writing } from '../writing/writing.js';
import { anchorChecks, type CheckDraft } from './anchor-checks.js';
import { moduleFormat } from './module-format.js';
import { placeChecks } from './place-checks.js';
import { serverChecks, sharedChoiceChecks } from './server-checks.js';
import { sharedPackages, type RangeUse, type SharedPackage } from './shared-packages.js';

export function crossChecks(writing: Writing): CrossCheck[] {
  const drafts = [
    ...sharedPackages(writing).map((shared) => sharedCheck(writing, shared)),
    ...serverChecks(writing),
    ...sharedChoiceChecks(writing),
    ...placeChecks(writing),
    ...formatCheck(writing),
    ...nodeCheck(writing),
    ...peerCheck(writing),
    ...staleNotes(writing),
    ...personalDataCheck(writing),
    ...anchorChecks(writing),
  ];
  return drafts.map((draft, index) => ({ id: `X-${index + 1}`, ...draft }));
}

function code(text: string): string {
  return `\`${text}\``;
}

function claimRange({ book }: Writing, use: RangeUse, name: string): void {
  book.claimField('7', use.record, [use.field, name], use.range);
}

function sharedCheck(writing: Writing, shared: SharedPackage): CheckDraft {
  for (const use of shared.uses) claimRange(writing, use, shared.name);
  const ranges = shared.uses
    .map((use) => `${use.by} ${use.field === 'peerDependencies' ? 'peer ' : ''}${code(use.range)}`)
    .join(', ');
  const version = shared.chosen ?? shared.lowest;
  const outcome = {
    fits: { text: version === undefined ? 'fits all' : `${version} fits all`, severity: 'note' as const },
    splits: { text: 'no single version fits all', severity: 'changes-design' as const },
    unknown: { text: 'a range is no semver range: not assessable', severity: 'note' as const },
  }[shared.state];
  return {
    check: `one copy of ${code(shared.name)}`,
    result: `${ranges}: ${outcome.text}`,
    action: actionFor(shared),
    severity: outcome.severity,
    rests: gapsOf(writing, shared.uses),
  };
}

function actionFor(shared: SharedPackage): string {
  if (shared.state === 'splits') return `two copies would be installed: change one of the choices, or isolate it`;
  if (shared.state === 'unknown') return 'look at the resolved version in the lock file';
  const tight = shared.uses.filter((use) => !validRange(use.range)?.includes('||') && use.range.startsWith('^0.'));
  if (tight.length > 0) return `${code(tight[0]?.range ?? '')} ends at the next minor release: upgrade together`;
  return shared.chosen === undefined ? `at least ${shared.lowest ?? ''} in the lock file` : 'upgrade together';
}

function gapsOf(writing: Writing, uses: readonly RangeUse[]): string[] {
  const names = uses.map((use) => use.record.name);
  return writing.choices.flatMap(({ gap, option }) =>
    option.record && names.includes(option.record.name) ? [gap.id] : [],
  );
}

function formatCheck(writing: Writing): CheckDraft[] {
  const only = chosenRecords(writing).filter(({ record }) => moduleFormat(record) === 'esm-only');
  if (only.length === 0) return [];
  for (const { record } of only) {
    if (record.type !== undefined) writing.book.claimField('7', record, ['type'], record.type);
  }
  return [
    {
      check: 'module format',
      result: `no CommonJS entry: ${listed(only.map(({ choice }) => labelOf(choice.option)))}`,
      action: `emit ES modules, or prove by one start that ${listed(only.map(({ record }) => code(record.name)))} can be loaded with \`require()\``,
      severity: 'note',
      rests: only.map(({ choice }) => choice.gap.id),
    },
  ];
}

/** The highest minimum decides the oldest Node.js that still runs everything. */
function nodeCheck(writing: Writing): CheckDraft[] {
  const ranges = chosenRecords(writing).flatMap(({ choice, record }) => {
    const range = record.engines?.['node'];
    const lowest = range !== undefined && validRange(range) !== null ? minVersion(range) : null;
    return lowest === null || range === undefined ? [] : [{ choice, record, range, lowest }];
  });
  const top = [...ranges].sort((a, b) => b.lowest.compare(a.lowest))[0];
  const silent = chosenRecords(writing).filter(({ record }) => record.engines?.['node'] === undefined);
  if (!top) return [];
  const holders = ranges.filter((item) => item.lowest.compare(top.lowest) === 0);
  for (const { record, range } of holders) writing.book.claimField('7', record, ['engines', 'node'], range);
  const wanted = writing.input.read.constraints.engines['node'];
  const fits = wanted !== undefined && ranges.every(({ range }) => subset(wanted, range));
  const quiet =
    silent.length > 0 ? `; no range declared: ${listed(silent.map(({ choice }) => labelOf(choice.option)))}` : '';
  return [
    {
      check: 'highest minimum of Node.js among the choices',
      result: `${top.lowest.version} by ${listed(holders.map(({ choice }) => labelOf(choice.option)))}${quiet}`,
      action: wanted === undefined ? `run at least ${top.lowest.version}` : nodeAction(wanted, fits, silent.length),
      severity: wanted !== undefined && !fits ? 'changes-design' : 'note',
      rests: holders.map(({ choice }) => choice.gap.id),
    },
  ];
}

function nodeAction(wanted: string, fits: boolean, silent: number): string {
  if (!fits) return `${wanted} of the brief is not inside every range: change the runtime or the choice`;
  if (silent === 0) return `${wanted} of the brief fits every declared range`;
  return `${wanted} of the brief fits every declared range; start ${counted(silent, 'silent package')} on it once`;
}

/** Required peers that neither a choice nor a companion brings. */
function peerCheck(writing: Writing): CheckDraft[] {
  const records = chosenRecords(writing);
  const present = new Set([
    ...records.map(({ record }) => record.name),
    ...writing.choices.flatMap(({ option }) => option.candidate.companions),
  ]);
  const missing = records.flatMap(({ choice, record }) =>
    requiredPeers(record)
      .filter(([name]) => !present.has(name))
      .map(([name, range]) => ({ choice, record, name, range })),
  );
  if (missing.length === 0) return [];
  for (const { record, name, range } of missing) {
    writing.book.claimField('7', record, ['peerDependencies', name], range);
  }
  return [
    {
      check: 'required peers nobody chose',
      result: missing
        .map(({ choice, name, range }) => `${labelOf(choice.option)} → ${code(`${name} ${range}`)}`)
        .join('; '),
      action: `add ${listed([...new Set(missing.map(({ name }) => code(name)))])} to the manifest`,
      severity: 'note',
      rests: [...new Set(missing.map(({ choice }) => choice.gap.id))],
    },
  ];
}

/** Catalogue notes written for another version than the one compared: shown as stale, never used. */
function staleNotes(writing: Writing): CheckDraft[] {
  return writing.researched.flatMap(({ gap, options }) =>
    options.flatMap((option) =>
      option.candidate.notes
        .filter((note) => isStale(note.validFor, option.record?.version))
        .map((note) => ({
          check: 'a catalogue note against the newest record',
          result: `"${note.text}" was written for ${labelOf({ ...option, record: undefined })} ${code(note.validFor ?? '')}; compared here is ${option.record?.version ?? ''}`,
          action: 'note marked stale and not used; read its page again',
          severity: 'note' as const,
          rests: [gap.id],
        })),
    ),
  );
}

export function isStale(validFor: string | undefined, version: string | undefined): boolean {
  if (validFor === undefined || version === undefined || validRange(validFor) === null) return false;
  return !satisfies(version, validFor, { includePrerelease: true });
}

function personalDataCheck(writing: Writing): CheckDraft[] {
  const storing = writing.choices.filter(({ option }) => option.candidate.storesPersonalData !== undefined);
  if (storing.length === 0) return [];
  return [
    {
      check: 'personal data outside the main tables',
      result: storing
        .map(({ gap, option }) => `${option.candidate.storesPersonalData} (${gap.id} ${option.candidate.label})`)
        .join(', '),
      action: 'see section 8',
      severity: 'note',
      rests: storing.map(({ gap }) => gap.id),
    },
  ];
}
