import { sharedSentences } from '../../src/modules/sessions/document/checks/shared-sentences.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import type { ScriptedRegistry } from '../support/registry.js';
import { releaseOf, ServiceProcess, type Release } from '../support/service.js';
import { EXAMPLES, produce, requirementsOf, type DocumentBody } from './support/example-briefs.js';
import { say } from './support/long-run.js';
import { nounsOf, numbersOf, ownWords, partOf, PARTS, sentencesOf } from './support/prose.js';
import { unlikePackages } from './support/unlike-packages.js';

const LIMIT = 0.2;
/** Share of a brief's nouns that its document must use again. */
const NOUNS = 0.7;

interface Produced {
  readonly file: string;
  readonly document: DocumentBody;
  readonly markdown: string;
}

interface Shared {
  readonly same: readonly string[];
  /** Sentences of the smaller of the two. */
  readonly of: number;
  readonly share: number;
}

function shared(a: string, b: string, blanked = false): Shared {
  const [left, right] = [sentencesOf(a, blanked), sentencesOf(b, blanked)];
  const same = [...left].filter((sentence) => right.has(sentence));
  const of = Math.min(left.size, right.size);
  return { same, of, share: of === 0 ? 0 : same.length / of };
}

const percent = ({ same, of, share }: Shared) => `${same.length} of ${of} = ${(100 * share).toFixed(0)} %`;

describe('documents of unlike briefs', () => {
  let release: Release;
  let registry: ScriptedRegistry;
  let database: TestDatabase;
  let service: ServiceProcess;
  let produced: Produced[];

  beforeAll(async () => {
    release = releaseOf();
    registry = await unlikePackages();
    database = await testDatabase();
    service = await ServiceProcess.start({ release, database, registry: registry.url });
    produced = await Promise.all(
      EXAMPLES.map(async (file) => {
        const document = await produce(service, file);
        const path = `/v1/sessions/${document.sessionId}/document`;
        const markdown = await (await service.request('GET', path, undefined, { accept: 'text/markdown' })).text();
        return { file, document, markdown };
      }),
    );
  }, 180_000);
  afterAll(async () => {
    await service?.stop();
    await registry?.close();
    await database?.close();
    release?.remove();
  });

  const pairs = () => produced.flatMap((a, index) => produced.slice(index + 1).map((b) => [a, b] as const));

  it('share at most a fifth of their sentences', () => {
    const over: string[] = [];
    for (const [a, b] of pairs()) {
      const counted = PARTS.map((part) => ({ part, ...shared(partOf(a.markdown, part), partOf(b.markdown, part)) }));
      const own = shared(ownWords(a.markdown), ownWords(b.markdown));
      const all = (text: string) => PARTS.map((part) => partOf(text, part)).join('\n');
      const stated = shared(all(a.markdown), all(b.markdown));
      const templates = shared(all(a.markdown), all(b.markdown), true);
      say(
        `  ${a.file} and ${b.file}: ${percent(stated)} (${counted.map((one) => `${one.part} ${percent(one)}`).join(', ')}; with tables and consequences, all but quotes and evidence: ${percent(own)}; sentences of one template: ${percent(templates)})`,
      );
      if (process.env['TEST_SHOW_SHARED']) say(stated.same.map((sentence) => `    ${sentence}`).join('\n'));
      for (const one of counted)
        expect([a.file, b.file, one.part, one.of > 3]).toEqual([a.file, b.file, one.part, true]);
      if (stated.share > LIMIT) over.push(`${a.file} and ${b.file}: ${percent(stated)}`);
    }
    expect(over).toEqual([]);
  });

  it('share at most a fifth by the measure that the program itself applies to a body', () => {
    for (const [a, b] of pairs()) {
      const { share } = sharedSentences(a.document.body, b.document.body);
      say(`  ${a.file} and ${b.file}: ${(100 * share).toFixed(1)} % by the program's measure`);
      expect([a.file, b.file, share <= LIMIT]).toEqual([a.file, b.file, true]);
    }
  });

  it('say every number of their brief again', () => {
    for (const { file, markdown } of produced) {
      const numbers = numbersOf(requirementsOf(file));
      const missing = numbers.filter((number) => !numbersOf(ownWords(markdown)).includes(number));
      say(
        `  ${file}: ${numbers.length - missing.length} of ${numbers.length} numbers said again; missing: ${missing.join(' ') || 'none'}`,
      );
      expect([file, numbers.filter((number) => !numbersOf(markdown).includes(number))]).toEqual([file, []]);
      expect(missing.length / numbers.length).toBeLessThanOrEqual(0.25);
    }
  });

  it('say most nouns of their brief again, beside the quoted needs', () => {
    for (const { file, markdown } of produced) {
      const nouns = nounsOf(requirementsOf(file));
      const text = ownWords(markdown).toLowerCase();
      const missing = nouns.filter((noun) => !text.includes(noun));
      say(`  ${file}: ${nouns.length - missing.length} of ${nouns.length} nouns; missing: ${missing.join(' ')}`);
      expect(nouns.length).toBeGreaterThan(30);
      expect(1 - missing.length / nouns.length).toBeGreaterThanOrEqual(NOUNS);
    }
  });
});
