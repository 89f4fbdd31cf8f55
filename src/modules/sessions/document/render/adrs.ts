/** One architecture decision record per compared gap, in the MADR form. */
import type { DecisionSection, DocumentEnvelope, TrdBody } from '../document.types.js';
import { heading, list, markdownOf, paragraph, type Block } from './blocks.js';
import { plain, rich } from './inline.js';

export interface Adr {
  /** `0001-queue-jobs.md` */
  readonly file: string;
  readonly title: string;
  readonly markdown: string;
}

export function renderAdrs(envelope: DocumentEnvelope): Adr[] {
  return envelope.body.decisions.map((section, index) => {
    const number = String(index + 1).padStart(4, '0');
    const title = titleOf(section);
    return {
      file: `${number}-${section.category}.md`,
      title,
      markdown: markdownOf(adrBlocks(envelope.body, section, title)),
    };
  });
}

function chosenOf({ comparison, decision, rows }: DecisionSection): string | undefined {
  const decided = comparison.verdict === 'clear' || comparison.verdict === 'close' ? comparison.leader : undefined;
  const id = decision?.optionId ?? (decision?.custom === undefined ? decided : undefined);
  return decision?.custom ?? rows.find((row) => row.optionId === id)?.option;
}

function titleOf(section: DecisionSection): string {
  const chosen = chosenOf(section);
  return chosen === undefined ? `${section.category}: not decided` : `${section.category}: ${chosen}`;
}

function adrBlocks(body: TrdBody, section: DecisionSection, title: string): Block[] {
  const chosen = chosenOf(section);
  const status =
    chosen === undefined ? 'proposed' : section.decision?.by === 'person' ? 'accepted' : 'proposed by comparison';
  return [
    heading(1, title),
    paragraph(plain(`Status: ${status} · Date: ${body.factsDate} · Gap: ${section.gapId}`)),
    heading(2, 'Context and Problem Statement'),
    paragraph(plain(section.question)),
    ...list(
      body.needs.filter((need) => section.needs.includes(need.id)).map((need) => plain(`${need.id} "${need.text}"`)),
    ),
    ...decisionDrivers(body, section),
    heading(2, 'Considered Options'),
    ...list(section.rows.map((row) => plain(optionLine(row)))),
    heading(2, 'Decision Outcome'),
    paragraph(
      plain(chosen === undefined ? 'No option is chosen. ' : `Chosen option: "${chosen}". `),
      rich(
        section.decision?.by === 'person'
          ? `Decided by a person: ${section.decision.reason ?? 'no reason given'}. `
          : '',
      ),
      rich(`Verdict of the comparison: ${section.verdict}`),
    ),
    ...part('Consequences', section.consequences),
    ...part('Confirmation', confirmations(body, section)),
    ...part('More Information', section.wouldChange),
  ];
}

function optionLine(row: DecisionSection['rows'][number]): string {
  return row.removedBy === undefined
    ? `${row.option}: score ${row.score}, wins ${row.wins}`
    : `${row.option}: removed by ${row.removedBy}`;
}

function part(title: string, texts: readonly string[]): Block[] {
  return texts.length === 0 ? [] : [heading(3, title), ...list(texts.map((text) => rich(text)))];
}

function decisionDrivers(body: TrdBody, section: DecisionSection): Block[] {
  const drivers = [section.need, ...body.hardConstraints.map((constraint) => `${constraint.id} ${constraint.text}`)];
  return [heading(2, 'Decision Drivers'), ...list(drivers.filter((text) => text !== '').map((text) => plain(text)))];
}

function confirmations(body: TrdBody, section: DecisionSection): string[] {
  return body.requirements
    .filter((requirement) => requirement.from.includes(section.gapId))
    .map((requirement) => `${requirement.id} ${requirement.statement}`);
}
