/** Sections 6 to 11 as blocks. */
import type { TrdBody } from '../document.types.js';
import { heading, list, paragraph, table, type Block } from './blocks.js';
import { code, plain, rich, strong } from './inline.js';

function section(title: string, blocks: readonly Block[]): Block[] {
  return blocks.length === 0 ? [] : [heading(2, title), ...blocks];
}

export function questionBlocks(body: TrdBody): Block[] {
  const rows = body.questions.map((item) => [
    plain(item.id),
    rich(item.text),
    plain(item.blocks.join(', ')),
    rich(item.ifUnanswered),
  ]);
  return section(
    '6. Questions, in order of what they block',
    table(['id', 'question', 'blocks', 'if unanswered'], rows),
  );
}

export function checkBlocks(body: TrdBody): Block[] {
  const rows = body.crossChecks.map((item) => [plain(item.id), rich(item.check), rich(item.result), rich(item.action)]);
  return section('7. Cross-checks between decisions', table(['id', 'check', 'result', 'action'], rows));
}

export function dataBlocks(body: TrdBody): Block[] {
  const rows = body.data.map((item) => [
    plain(item.store),
    plain(item.personalData),
    plain(item.createdBy.join(', ')),
    rich(item.deletedBy),
    rich(item.state),
  ]);
  return section('8. Data and deletion', table(['store', 'personal data', 'created by', 'deleted by', 'state'], rows));
}

export function riskBlocks(body: TrdBody): Block[] {
  const risks = body.risks.map((item) => [
    plain(item.id),
    plain(`${item.risk} (${item.rule})`),
    rich(item.fact),
    rich(item.answer),
  ]);
  const tests = body.tests.map((item) => [
    plain(item.id),
    rich(item.test),
    rich(item.passes),
    plain(item.shows.join(', ')),
  ]);
  return section('9. Risks and verification', [
    ...table(['id', 'risk (rule)', 'fact', 'answer'], risks),
    ...table(['id', 'test', 'passes when', 'shows'], tests),
    ...list(body.singleTests.map((line) => plain(line))),
  ]);
}

export function unmeasuredBlocks(body: TrdBody): Block[] {
  const rows = body.notMeasured.map((item) => [plain(item.subject), plain(item.why), plain(item.effect)]);
  return section('10. What was not measured', table(['subject', 'why', 'effect'], rows));
}

export function evidenceBlocks(body: TrdBody): Block[] {
  const rows = body.evidence.map((item) => [
    plain(item.id),
    code(item.sha256.slice(0, 12)),
    plain(item.removed ? 'evidence removed' : item.source),
    plain(item.supports.join('; ')),
  ]);
  const notes = body.catalogueNotes.map((item) => plain(`${item.id} ${item.text} (${item.url}, ${item.date})`));
  return section('11. Evidence', [
    ...(rows.length > 0
      ? [
          paragraph(
            plain(
              'Shown are the first 12 hex digits of the SHA-256; pointers are JSON pointers into the stored record.',
            ),
          ),
        ]
      : []),
    ...table(['id', 'sha256', 'source', 'supports (pointer = value, or quote)'], rows),
    ...(notes.length > 0
      ? [paragraph(strong('Catalogue notes without stored evidence'), plain(', used for no score:'))]
      : []),
    ...list(notes),
  ]);
}
