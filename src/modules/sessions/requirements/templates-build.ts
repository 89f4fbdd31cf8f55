/** What the build must refuse: licences, versions, forbidden names. */
import type { ReadBrief } from '../brief/brief.types.js';
import type { Draft } from '../derivation/draft.js';
import { buildShall, forFirst, quoted, type Template } from './template.js';

/** `BSD` means two SPDX ids: visible as an assumption, never silent. */
function expansion(draft: Draft, one: ReadBrief['expansions'][number]): string {
  const ids = one.to.join(' and ');
  return draft.assume(
    { key: `licence:${one.from}`, statement: `"${one.from}" means ${ids}`, unit: '', value: ids, shown: ids },
    {
      key: `licence:${one.from}`,
      text: `"${one.from}" (${one.need}) is no SPDX id: ${one.to.length > 1 ? 'are' : 'is'} ${ids} meant?`,
      ifUnanswered: '',
    },
  ).from;
}

const licence: Template = (draft) => {
  const { constraints, expansions } = draft.facts.read;
  const needs = draft.facts.needs('LICENCE-1').map((need) => need.id);
  const [first] = needs;
  if (constraints.licenses.length === 0 || !first) return;
  draft.require({
    template: 'LICENCE-CLOSED',
    group: 'build',
    from: [...needs, ...expansions.map((one) => expansion(draft, one))],
    say: buildShall(
      'fail when a production package of the',
      `${draft.facts.system}, at any depth, has a licence outside the list of`,
      { value: 0, unit: '', shown: first, from: first },
    ),
  });
};

const runtime: Template = (draft) => {
  const [engine] = Object.entries(draft.facts.read.constraints.engines);
  const used = draft.facts.read.inUse.find(
    (one) => one.category === 'runtime' && /node/iu.test(one.slug) === (engine?.[0] === 'node'),
  );
  const need = draft.facts.read.needs.find((one) => one.id === used?.need) ?? draft.facts.need('ENGINE-1');
  const number = engine && /\d+(?:\.\d+)*/u.exec(engine[1])?.[0];
  if (!engine || !need || !number || !need.text.includes(number)) return;
  const name = /(?<![\p{L}.])([\p{L}.]+)\s+v?\d/u.exec(need.text)?.[1] ?? engine[0];
  draft.require({
    template: 'RUNTIME',
    group: 'build',
    from: [need.id],
    say: buildShall('run the test suite of the', draft.facts.system, 'on', quoted(`${name} ${number}`, need)),
  });
};

/** `No AGPL`: a licence that is excluded by its own name. */
const forbiddenLicence: Template = (draft) => {
  for (const need of draft.facts.needs('LICENCE-1')) {
    const name = /\b(?:no|not|without)\s+((?:A|L)?GPL|copyleft|MPL-2\.0)\b/iu.exec(need.text)?.[1];
    if (!name) continue;
    draft.require({
      template: 'LICENCE-FORBIDDEN',
      item: need.id,
      group: 'build',
      from: [need.id],
      say: buildShall(
        'fail when a production package of the',
        `${draft.facts.system}, at any depth, is licensed under`,
        quoted(name, need),
      ),
    });
  }
};

const forbidden = forFirst('FORBID-1', (draft, need) => {
  const names = draft.facts.read.constraints.forbidden;
  if (names.length === 0) return;
  draft.require({
    template: 'FORBIDDEN',
    group: 'build',
    from: [need.id],
    say: buildShall('fail when the lock file of the', draft.facts.system, 'holds', quoted(names.join(' or '), need)),
  });
});

export const BUILD_TEMPLATES: readonly Template[] = [licence, forbiddenLicence, runtime, forbidden];
