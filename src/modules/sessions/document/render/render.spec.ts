import fc from 'fast-check';
import { fixtureGate, fixtureInput } from '../document.fixture.js';
import type { DocumentEnvelope } from '../document.types.js';
import { produce } from '../produce.js';
import { diffDocuments } from '../diff-documents.js';
import { renderAdrs } from './adrs.js';
import { markdownOf } from './blocks.js';
import { inlineHtml, inlineMarkdown, plain, rich } from './inline.js';
import { renderHtml, renderMarkdown } from './render.js';

function envelope(extra: readonly string[] = []): DocumentEnvelope {
  return {
    sessionId: 's',
    version: 1,
    createdAt: '2026-11-21T08:00:00Z',
    ...produce(fixtureInput(extra), fixtureGate),
  };
}

/** Cells of a table row: pipes that are not escaped separate them. */
function cells(line: string): number {
  return line.replace(/\\\\/g, '').match(/(?<!\\)\|/g)?.length ?? 0;
}

function tablesOf(markdown: string): string[][] {
  return markdown
    .split('\n\n')
    .map((block) => block.split('\n'))
    .filter(([first]) => first?.startsWith('| '));
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  '| a | b |\n| --- | --- |',
  '[link](javascript:alert(1))',
  '`code` *star* **bold** \\',
  '&lt;b&gt; &#60;i&#62;',
  '# heading\n\n- list',
];
const words = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string()), { minLength: 1, maxLength: 4 })
  .map((parts) => `x${parts.join(' ')}`);

describe('Markdown', () => {
  const markdown = renderMarkdown(envelope());

  it('has all sections of the document in order', () => {
    const titles = markdown.split('\n').filter((line) => line.startsWith('## '));
    expect(titles.map((title) => title.slice(3, 5).replace('.', ''))).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      '10',
      '11',
    ]);
  });

  it('keeps tables well-formed, whatever the brief says', () => {
    expect(tablesOf(markdown).length).toBeGreaterThan(10);
    fc.assert(
      fc.property(words, (text) => {
        for (const table of tablesOf(renderMarkdown(envelope([text])))) {
          expect(new Set(table.map(cells)).size).toBe(1);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('escapes a pipe of a version range in a table', () => {
    const table = markdownOf([{ kind: 'table', head: ['range'], rows: [[rich('`^9.14.0 || ^10.1.0`')]] }]);
    expect(table).toContain('`^9.14.0 \\|\\| ^10.1.0`');
  });

  it('opens no tag and no link from words of the brief', () => {
    expect(inlineMarkdown(plain('<b>[x](javascript:a)'))).toBe('\\<b>[x]\\(javascript:a)');
    fc.assert(
      fc.property(words, (text) => {
        expect(inlineMarkdown(plain(text))).not.toMatch(/(?<!\\)<|(?<!\\)\]\(/);
      }),
    );
  });
});

describe('HTML', () => {
  it('lets no tag, attribute or script of the brief through', () => {
    const tagsOf = (html: string) => html.slice(html.indexOf('<main>')).match(/<\/?[a-z]\w*/gi) ?? [];
    const allowed = new Set(tagsOf(renderHtml(envelope())));
    fc.assert(
      fc.property(words, (text) => {
        const html = renderHtml(envelope([text]));
        expect(html).not.toMatch(/<script|<img|<svg|\sonerror=[^&]*>|<[a-z]+[^>]*\son\w+=/i);
        expect(tagsOf(html).filter((tag) => !allowed.has(tag))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('loads nothing from outside and runs nothing', () => {
    const html = renderHtml(envelope());
    expect(html).not.toMatch(/<(?:script|link|iframe|img|object)|\s(?:src|href|style|on\w+)=|@import|url\(/i);
    expect(html).toContain('@media print');
  });

  it('shows every character of a text as itself', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const shown = inlineHtml(plain(text))
          .replace(/&lt;/g, '<')
          .replace(/&gt;/g, '>')
          .replace(/&quot;/g, '"')
          .replace(/&#39;/g, "'")
          .replace(/&amp;/g, '&');
        expect(shown).toBe(text);
      }),
    );
  });
});

describe('decision records', () => {
  const adrs = renderAdrs(envelope());

  it('are one per compared gap, in the MADR form', () => {
    expect(adrs.map((adr) => adr.file)).toEqual(['0001-queue-jobs.md', '0002-orm-query.md', '0003-payments.md']);
    for (const title of [
      'Context and Problem Statement',
      'Decision Drivers',
      'Considered Options',
      'Decision Outcome',
      'Confirmation',
    ]) {
      expect(adrs[0]?.markdown).toContain(`# ${title}`);
    }
    expect(adrs[0]?.markdown).toContain('Chosen option: "pg-boss 12.38.0"');
  });

  it('say so when nothing is chosen', () => {
    expect(adrs[2]?.markdown).toContain('No option is chosen.');
  });
});

describe('the difference of two documents', () => {
  const before = envelope().body;

  it('is empty for the same document', () => {
    expect(diffDocuments(before, before)).toEqual({ changes: [], markdown: 'The two documents are equal.\n' });
  });

  it('names what was added, removed and changed by its id', () => {
    const [first, second, ...rest] = before.requirements;
    const after = {
      ...before,
      requirements: [{ ...first!, statement: 'The marketplace shall wait.' }, ...rest, { ...second!, id: 'R-900' }],
    };
    const changes = diffDocuments(before, after).changes.filter((change) => change.section === 'requirements');
    expect(changes.map(({ item, kind }) => [item, kind])).toEqual([
      ['R-001', 'changed'],
      ['R-002', 'removed'],
      ['R-900', 'added'],
    ]);
    expect(diffDocuments(before, after).markdown).toContain('R-900 added');
  });
});
