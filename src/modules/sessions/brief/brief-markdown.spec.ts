import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors/app-error.js';
import { briefMistakes } from './brief-mistakes.js';
import { decodeBrief, parseBriefMarkdown } from './brief-markdown.js';

const mistakesOf = (run: () => unknown): string[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError)
      return [error.message, ...error.errors.map((one) => `${one.pointer} ${one.message}`)];
    throw error;
  }
  return [];
};

describe('a brief in Markdown', () => {
  it('has name, type, requirements, stack and constraints in their places', () => {
    const brief = parseBriefMarkdown(readFileSync(join(process.cwd(), 'docs/examples/web-shop-orders.md'), 'utf8'));
    expect(brief.name).toBe('Bicycle parts: order service');
    expect(brief.projectType).toBe('order service of a web shop');
    expect(brief.techStack).toEqual({ language: 'TypeScript', runtime: 'Node.js 24', database: 'PostgreSQL 18' });
    expect(brief.constraints).toEqual({ licenses: ['MIT', 'Apache-2.0', 'BSD', 'ISC'], forbidden: ['MongoDB'] });
  });

  it('keeps a constraint line that is no field as a requirement instead of dropping it', () => {
    const brief = parseBriefMarkdown(readFileSync(join(process.cwd(), 'docs/examples/web-shop-orders.md'), 'utf8'));
    expect(brief.requirements.at(-1)).toBe('Hosting may cost 900 € per month.');
  });

  it('takes front matter, engines, budget and pins', () => {
    const text =
      '---\nname: Desk\nprojectType: "internal tool"\nbudget: $1,200\n---\n## Requirements\n1. It books desks\n   for a day.\n## Constraints\n- engines: node 24.x\n- pinned: queue-jobs = pg-boss';
    expect(parseBriefMarkdown(text)).toEqual({
      name: 'Desk',
      projectType: 'internal tool',
      requirements: ['It books desks for a day.'],
      techStack: {},
      constraints: { budgetUsd: 1200, engines: { node: '24.x' }, pinned: { 'queue-jobs': 'pg-boss' } },
    });
  });

  it('falls back to plain text: first line the name, every paragraph a requirement', () => {
    expect(parseBriefMarkdown('A wiki for our team\n\nPages are searched.\n\nTwo developers')).toMatchObject({
      name: 'A wiki for our team',
      projectType: 'A wiki for our team',
      requirements: ['Pages are searched.', 'Two developers'],
    });
  });

  it('refuses an empty file, a huge one and one without a requirement, and says what to do', () => {
    expect(mistakesOf(() => parseBriefMarkdown(' \n'))[0]).toContain('the file is empty; write what is to be built');
    expect(mistakesOf(() => parseBriefMarkdown(`# x\n${'a '.repeat(200_000)}`))[0]).toContain('at most 262144');
    expect(mistakesOf(() => parseBriefMarkdown('# Shop\nProject type: shop\n'))[0]).toContain(
      '/requirements: no requirement in words',
    );
  });

  it('names all mistakes at once', () => {
    const found = mistakesOf(() =>
      parseBriefMarkdown(
        '# 1\nProject type: 2\n## Requirements\n- a\0b\n- c\uD800d\n## Constraints\n- forbidden: redis\n- pinned: cache = redis, nonsense = x',
      ),
    );
    expect(found.slice(1).map((line) => line.split(' ')[0])).toEqual([
      '/name',
      '/projectType',
      '/requirements/0',
      '/requirements/1',
      '/constraints/pinned/cache',
      '/constraints/pinned/nonsense',
    ]);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(mistakesOf(() => decodeBrief(new Uint8Array([0x23, 0xff, 0xfe])))[0]).toContain('not UTF-8');
    expect(decodeBrief(new TextEncoder().encode('# é'))).toBe('# é');
  });

  it('finds nothing wrong with the three examples', () => {
    for (const name of ['web-shop-orders', 'iot-ingestion', 'internal-analytics']) {
      const brief = parseBriefMarkdown(readFileSync(join(process.cwd(), `docs/examples/${name}.md`), 'utf8'));
      expect(briefMistakes(brief)).toEqual([]);
    }
  });
});
