/** What comes in: prices, uploads, imports. */
import { plural, singular, withArticle } from '../brief/nouns.js';
import { byDefault, stated } from '../derivation/amount.js';
import { uploadedObject } from '../derivation/figures-storage.js';
import { batchNoun, forFirst, named, nounAfter, restAfter, shall, subjectOf, type Template } from './template.js';

const priceCap = forFirst('PRICE-CAP', (draft, need) => {
  const thing = singular(nounAfter(need, /\b(?:resells?|sells?|offers?|lists?)\b/iu) ?? 'item');
  draft.ask({
    key: 'faceValue',
    text: `Where does the trusted price of ${withArticle(thing)} come from? A price read from the seller's own file is not independent`,
    ifUnanswered: '{R:PRICE-CAP} cannot be verified',
  });
  draft.require({
    template: 'PRICE-CAP',
    group: 'input',
    from: [need.id, 'Q:faceValue'],
    say: shall(draft, `refuse a listing of ${withArticle(thing)} whose price is higher than the recorded face value`),
    test: {
      load: `a ${thing} listed one cent above and one at its face value`,
      passes: 'the first is refused, the second listed',
    },
  });
});

const LIFE: Readonly<Record<string, string>> = { ticket: 'listed or sold for an event that is not yet deleted' };

const upload: Template = (draft) => {
  const need = draft.facts.need('UPLOAD-1');
  const file = uploadedObject(draft);
  if (!need || !file) return;
  const unique = draft.facts.need('UNIQ-1');
  const pdf = draft.facts.need('PDF-1');
  if (unique) {
    const where = LIFE[singular(file).split(' ').at(-1) ?? ''] ?? 'that is already stored';
    draft.require({
      template: 'UPLOAD-UNIQUE',
      group: 'input',
      from: [unique.id],
      say: shall(draft, `refuse ${withArticle(file)} whose`, named('SHA-256'), `equals that of one ${where}`),
      test: { load: `the same ${file} uploaded by two accounts`, passes: 'the second upload is refused' },
    });
  }
  if (pdf) {
    draft.require({
      template: 'UPLOAD-TYPE',
      group: 'input',
      from: [pdf.id],
      say: shall(draft, `refuse ${withArticle(file)} that does not begin with the bytes \`%PDF-\``),
      test: { load: 'an image renamed to .pdf', passes: 'refused before it is stored' },
    });
  }
};

const uploadLimits: Template = (draft) => {
  const need = draft.facts.need('UPLOAD-1');
  const file = uploadedObject(draft);
  if (!need || !file) return;
  const size = need.quantities.find((q) => q.kind === 'size');
  draft.require({
    template: 'UPLOAD-SIZE',
    group: 'input',
    from: [need.id, 'A:fileSize'],
    say: shall(
      draft,
      `refuse ${withArticle(file)} larger than`,
      size ? stated(need, size) : byDefault(5e6, '5 MB', 'B'),
    ),
    test: { load: `${withArticle(file)} one byte above the limit`, passes: 'refused; nothing is stored' },
  });
  const owner = singular(subjectOf(need) ?? 'owner');
  const other = draft.facts.has('MARKET-1')
    ? ' and, after payment, to its buyer'
    : ' and to those who may see its record';
  draft.require({
    template: 'UPLOAD-OWNER',
    group: 'input',
    from: [need.id, ...draft.facts.needs('PRIVACY-EU').map((one) => one.id)],
    say: shall(draft, `show ${withArticle(file)} only to its ${owner}${other}`),
    test: {
      load: `every account asks for one ${file} by its address`,
      passes: 'all others get the same answer as for an unknown file',
    },
  });
};

const importRows: Template = (draft) => {
  const need = draft.facts
    .needs('IMPORT-1')
    .find((one) => /file|feed|CSV|rows|import/iu.test(one.text) && one.quantities.length > 0);
  if (!need) return;
  const what = batchNoun(need);
  draft.require({
    template: 'IMPORT-REJECT',
    group: 'input',
    from: [need.id],
    say: shall(draft, `report each row of the ${what} that it refuses with row number, field and reason`),
    test: { load: `a ${what} in which every hundredth row is broken`, passes: 'the report names exactly those rows' },
  });
  draft.require({
    template: 'IMPORT-REPEAT',
    group: 'input',
    from: [need.id],
    say: shall(draft, `leave its data unchanged when the same ${what} is loaded a second time`),
    test: { load: `the ${what} loaded twice`, passes: 'no row differs after the second load' },
  });
  draft.ask({
    key: `refused:${need.id}`,
    text: `From how many refused rows on is the whole ${what} refused?`,
    ifUnanswered: 'never; the good rows are loaded',
    blocks: ['R:IMPORT-REJECT'],
  });
};

const csv = forFirst('CSV-1', (draft, need) => {
  draft.ask({
    key: 'csv',
    text: `Which separator, decimal sign and encoding does the CSV of ${need.id} have? Ask for a real file`,
    ifUnanswered: 'comma, point, UTF-8',
    blocks: [need.id],
  });
});

const discount = forFirst('DISCOUNT-1', (draft, need) => {
  const code = singular(
    /\b(?:discounts?|vouchers?|coupons?|gift cards?)\b/iu.exec(need.text)?.[0].toLowerCase() ?? 'code',
  );
  draft.require({
    template: 'CODE-ONCE',
    group: 'input',
    from: [need.id],
    say: shall(draft, `accept a single-use ${code} in at most one paid ${draft.facts.main?.one ?? 'order'}`),
    test: { load: `one ${code} in 20 requests at the same time`, passes: 'one is accepted' },
  });
});

const searchFields = forFirst('SEARCH-FIELDS', (draft, need) => {
  const fields = restAfter(need, /\bsearch(?:ed|es|able|ing)?\b[^.;]{0,60}?\bby\b/iu)?.replace(
    /,?\s{0,3}(?:within|in under)\b.*/isu,
    '',
  );
  if (!fields) return;
  const what = searched(need.text, draft.facts.has('MARKET-1'));
  draft.require({
    template: 'SEARCH-FIELDS',
    group: 'read',
    from: [need.id],
    say: shall(draft, `return the ${what} that match any combination of ${fields}`),
    test: {
      load: `every combination of ${fields}, with and without a match`,
      passes: 'the result equals that of a full scan; the plan uses an index',
    },
  });
  draft.ask({
    key: 'typos',
    text: `Must the search for ${what} forgive typing errors or rank its results?`,
    ifUnanswered: 'no',
    blocks: ['search-engine'],
  });
});

/** What is searched: the phrase before "searched by", else listings in a market. */
function searched(text: string, market: boolean): string {
  const before = /(?<![\p{L}-])([\p{L}-]+)\s+(?:is|are|can be|must be)\s+search/iu.exec(text)?.[1];
  const inside = /\bof\s[\d,.\s]*([\p{L}-]+)\s+(?:is|are)\b/iu.exec(text)?.[1];
  return plural(inside ?? before ?? (market ? 'listing' : 'entry'));
}

export const INPUT_TEMPLATES: readonly Template[] = [
  priceCap,
  upload,
  uploadLimits,
  importRows,
  csv,
  discount,
  searchFields,
];
