/** What figures and texts mean: definitions, versions, languages, and words that need a number. */
import { lowerFirst, singular } from '../brief/nouns.js';
import { forFirst, shall, subjectOf, type Template } from './template.js';

const definition = forFirst('FORMULA-1', (draft, need) => {
  const what =
    /(?:(?<![\p{L}-])[\p{L}-]+\s)?\b(?:KPIs?|metrics?|margins?|forecasts?)\b/iu.exec(need.text)?.[0] ?? 'figure';
  draft.require({
    template: 'FIGURE-DEFINED',
    group: 'read',
    from: [need.id],
    say: shall(
      draft,
      `compute each ${singular(lowerFirst(what))} by one stored definition that every chart, report and export reads`,
    ),
    test: { load: 'the same question to chart, report and export', passes: 'three equal figures' },
  });
});

const version = forFirst('VERSION-1', (draft, need) => {
  const thing = singular(subjectOf(need) ?? 'record');
  draft.require({
    template: 'VERSION-KEPT',
    group: 'read',
    from: [need.id],
    say: shall(draft, `keep the version of each ${thing} by which a published figure was made`),
    test: { load: `a ${thing} changed after a report`, passes: 'the report, made again for the old date, is equal' },
  });
});

const languages = forFirst('I18N-1', (draft, need) => {
  const names =
    need.text.match(/\b(?:Dutch|English|French|German|Spanish|Italian|Polish|Portuguese|Danish|Swedish)\b/gu) ?? [];
  const list = [...new Set(names)];
  if (list.length === 0) return;
  draft.require({
    template: 'LANGUAGES',
    group: 'read',
    from: [need.id],
    say: [
      'The build shall fail when a text of the',
      draft.facts.system,
      `lacks its ${list.join(', ').replace(/, ([^,]*)$/u, ' or $1')} version`,
    ],
    test: { load: 'a text removed from one language', passes: 'the build fails and names it' },
  });
});

const accessible = forFirst('A11Y-1', (draft, need) => {
  draft.ask({
    key: 'a11y',
    text: `Which level of which accessibility standard is meant by "${need.text}", and who checks it?`,
    ifUnanswered: 'no level is promised',
    blocks: [need.id],
  });
});

const realtime = forFirst('REALTIME-1', (draft, need) => {
  const words = need.triggers.find((trigger) => trigger.rule === 'REALTIME-1')?.words ?? 'real time';
  if (need.quantities.some((q) => q.kind === 'duration')) return;
  draft.ask({
    key: `realtime:${need.id}`,
    text: `"${words}" in ${need.id}: after how many seconds is it too late, and what is lost then?`,
    ifUnanswered: 'no limit is written',
    blocks: [need.id],
  });
});

export const MEANING_TEMPLATES: readonly Template[] = [definition, version, languages, accessible, realtime];
