/** Servers the choices bring: those nobody runs yet, and two databases where one would do. */
import { listed, scoreRange } from '../writing/text.js';
import { admissible, labelOf, type Choice, type Writing } from '../writing/writing.js';
import type { CheckDraft } from './anchor-checks.js';

/** Among alternatives, those that a provider runs. */
const CLOUDS: readonly string[] = ['aws', 'azure', 'gcp'];

export function serverChecks(writing: Writing): CheckDraft[] {
  return writing.choices.flatMap((choice) => {
    const missing = missingServers(writing, choice);
    if (missing.length === 0 || choice.gap.category === 'database-primary') return [];
    return (
      secondDatabase(writing, choice, missing) ?? openDatabase(writing, choice, missing) ?? newServer(choice, missing)
    );
  });
}

/** Servers not in use; of alternatives all are named, since any one of them would be new. A database that is chosen counts as in use. */
function missingServers({ input, choices }: Writing, { option }: Choice): string[] {
  const database = choices.find((choice) => choice.gap.category === 'database-primary');
  const used = [
    ...input.read.inUse.map((use) => use.slug),
    ...(database ? database.option.candidate.needsServers : []),
  ];
  const { needsServers, needsOneServerOf = [] } = option.candidate;
  const oneOf = needsOneServerOf.some((server) => used.includes(server)) ? [] : needsOneServerOf;
  const inside = input.read.constraints.place?.own === true;
  return [...needsServers.filter((server) => !used.includes(server)), ...oneOf].filter(
    (server) => !inside || !CLOUDS.includes(server),
  );
}

/** The server is itself an option of the database gap that lost: both choices together would run two databases. */
function secondDatabase(writing: Writing, choice: Choice, missing: readonly string[]): CheckDraft[] | undefined {
  const database = writing.choices.find((other) => other.gap.category === 'database-primary');
  const compared = writing.researched.find((item) => item.gap.category === 'database-primary');
  const rival = compared?.options.find((option) =>
    option.candidate.needsServers.some((server) => missing.includes(server)),
  );
  if (!database || !rival) return undefined;
  const scoreOf = (id: string) => compared?.comparison?.options.find((option) => option.id === id);
  const [lead, other] = [scoreOf(database.option.candidate.id), scoreOf(rival.candidate.id)];
  const margin =
    lead && other ? ` (${scoreRange(other.low, other.high)} against ${scoreRange(lead.low, lead.high)})` : '';
  return [
    {
      check: 'two choices that need different databases',
      result: `${labelOf(choice.option)} needs ${listed(missing, 'or')}, the database in front is ${labelOf(database.option)}: together they are two database servers`,
      action: `decide ${database.gap.id} and ${choice.gap.id} together: ${rival.candidate.label}${margin} would serve both`,
      severity: 'blocks',
      rests: [choice.gap.id, database.gap.id],
    },
  ];
}

/** The database is still open and the server is one of its options: taking it there serves both. */
function openDatabase(writing: Writing, choice: Choice, missing: readonly string[]): CheckDraft[] | undefined {
  const compared = writing.researched.find((item) => item.gap.category === 'database-primary');
  const match = compared?.options.find((option) =>
    option.candidate.needsServers.some((server) => missing.includes(server)),
  );
  if (!compared || !match) return undefined;
  return [
    {
      check: 'a choice that weighs on an open one',
      result: `${labelOf(choice.option)} (${choice.gap.id}) needs ${listed(missing, 'or')}, and ${compared.gap.id} is open`,
      action: `${match.candidate.label} for ${compared.gap.id} serves both with one server; any other is a second one to run`,
      severity: 'changes-design',
      rests: [choice.gap.id, compared.gap.id],
    },
  ];
}

function newServer({ gap, option }: Choice, missing: readonly string[]): CheckDraft[] {
  return [
    {
      check: 'a choice that needs a server not in use',
      result: `${labelOf(option)} needs ${listed(missing, 'or')}`,
      action: `name who runs it, its backup and its licence before ${option.candidate.label} is installed`,
      severity: 'cost',
      rests: [gap.id],
    },
  ];
}

/** A gap whose options include a package that another gap takes anyway: two tools for what one of them does. */
export function sharedChoiceChecks(writing: Writing): CheckDraft[] {
  return writing.choices.flatMap((choice) => {
    const item = writing.researched.find(({ gap }) => gap.id === choice.gap.id);
    return writing.choices.flatMap((other) => {
      const twin = item && admissible(item.options).find(({ candidate }) => isTwin(candidate, choice, other));
      if (!item || !twin) return [];
      const scoreOf = (id: string) => item.comparison?.options.find((option) => option.id === id);
      const [lead, second] = [scoreOf(choice.option.candidate.id), scoreOf(twin.candidate.id)];
      if (!lead || !second || second.high < lead.low) return [];
      return [
        {
          check: 'one package for two gaps',
          result: `${labelOf(other.option)} is taken for ${other.gap.id} and could serve ${choice.gap.id} too (${scoreRange(second.low, second.high)} against ${scoreRange(lead.low, lead.high)} of ${choice.option.candidate.label})`,
          action: `take it for both unless ${choice.option.candidate.label} is shown to meet "${item.definition?.need ?? choice.gap.category}"`,
          severity: 'changes-design' as const,
          rests: [choice.gap.id, other.gap.id],
        },
      ];
    });
  });
}

function isTwin(candidate: Choice['option']['candidate'], choice: Choice, other: Choice): boolean {
  const { package: name, id } = candidate;
  const taken = choice.option.candidate;
  return name !== undefined && other.option.candidate.package === name && taken.package !== name && taken.id !== id;
}
