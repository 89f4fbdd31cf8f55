import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Candidate } from '../research.types.js';
import { CATEGORIES, ECOSYSTEMS } from '../research.types.js';
import { allCandidates, candidatesFor, CATEGORY_DEFINITIONS, findByName, STACK_NAMES } from './catalogue.js';

const javascript = (category: (typeof CATEGORIES)[number]) => candidatesFor(category, 'javascript');
const repeated = (values: readonly string[]) => values.filter((value, index) => values.indexOf(value) !== index);

describe('the catalogue', () => {
  it('defines the 24 categories in their order, each with a question, a need and an open question', () => {
    expect(CATEGORY_DEFINITIONS.map(({ id }) => id)).toEqual(CATEGORIES);
    for (const definition of CATEGORY_DEFINITIONS) {
      expect(definition.question).toMatch(/\?$/);
      expect(definition.openQuestion).toMatch(/\?$/);
      expect(definition.need.length).toBeGreaterThan(10);
      expect(definition.follows).not.toContain(definition.id);
    }
  });

  it('has ids that are unique and begin with their category', () => {
    expect(repeated(allCandidates.map(({ id }) => id))).toEqual([]);
    for (const { id, category } of allCandidates) expect(id.split('/')).toEqual([category, expect.any(String)]);
  });

  it('has cells of at least two real candidates, or none', () => {
    for (const category of CATEGORIES)
      for (const ecosystem of ECOSYSTEMS) {
        const raw = allCandidates.filter(
          (candidate) => candidate.category === category && [ecosystem, 'any'].includes(candidate.ecosystem),
        );
        expect([category, ecosystem, raw.length]).not.toEqual([category, ecosystem, 1]);
        expect(candidatesFor(category, ecosystem)).toHaveLength(raw.length);
      }
  });

  it('offers three or more for every category of JavaScript', () => {
    for (const category of CATEGORIES) expect([category, javascript(category).length >= 3]).toEqual([category, true]);
  });

  it('has spellings that are lower case and mean one candidate per ecosystem', () => {
    for (const ecosystem of ECOSYSTEMS) {
      const own = allCandidates.filter((candidate) => [ecosystem, 'any'].includes(candidate.ecosystem));
      expect(repeated(own.flatMap(({ names }) => [...new Set(names)]))).toEqual([]);
    }
    for (const name of allCandidates.flatMap(({ names }) => names)) expect(name).toBe(name.trim().toLowerCase());
  });

  it('states no category need without a place that proves it', () => {
    for (const { id, categoryNeed, package: name } of allCandidates) {
      if (!categoryNeed) continue;
      expect([0, 0.5, 1]).toContain(categoryNeed.value);
      const { proof } = categoryNeed;
      if (proof.kind === 'record') expect(proof.pointer).toMatch(/^\//);
      else {
        expect([id, proof.package ?? name]).toEqual([id, expect.any(String)]);
        expect(proof.quote.length).toBeGreaterThan(10);
        expect(proof.file).not.toMatch(/^[./]/);
      }
    }
  });

  it('has notes and server licences with an address and a date', () => {
    const dated = allCandidates.flatMap(({ notes, serverLicense }) => [
      ...notes,
      ...(serverLicense ? [serverLicense] : []),
    ]);
    expect(dated.length).toBeGreaterThan(10);
    for (const { url, date } of dated) {
      expect(url).toMatch(/^https:\/\//);
      expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });

  it('gives a package name to what is a package, and a known host to what is built in', () => {
    const slugs = new Set(STACK_NAMES.map(({ slug }) => slug));
    for (const { kind, package: name, builtInto, id } of allCandidates) {
      expect([id, name !== undefined]).toEqual([id, kind === 'package']);
      for (const host of builtInto ?? []) expect(slugs).toContain(host);
    }
  });

  it('has the candidates of the exemplar document', () => {
    const packages = (category: (typeof CATEGORIES)[number]) => javascript(category).map(({ package: name }) => name);
    expect(packages('queue-jobs').slice(0, 3)).toEqual(['pg-boss', 'bullmq', 'graphile-worker']);
    expect(packages('framework-web')).toEqual(expect.arrayContaining(['hono', 'fastify', '@nestjs/core', 'express']));
    expect(packages('orm-query')).toEqual(expect.arrayContaining(['kysely', 'prisma', 'drizzle-orm']));
    expect(packages('payments')).toEqual(expect.arrayContaining(['stripe', '@mollie/api-client']));
    expect(javascript('search-engine')[0]?.builtInto).toEqual(['postgresql']);
  });

  it('finds candidates by spelling and by package, in any case', () => {
    const ids = (found: Candidate[]) => found.map(({ id }) => id);
    expect(ids(findByName('BullMQ'))).toContain('queue-jobs/bullmq');
    expect(ids(findByName('@nestjs/core'))).toEqual(['framework-web/nestjs']);
    expect(findByName('no such thing')).toEqual([]);
  });

  it('keeps each of its files within 300 lines', () => {
    for (const file of readdirSync(__dirname))
      expect([file, readFileSync(join(__dirname, file), 'utf8').split('\n').length <= 301]).toEqual([file, true]);
  });
});

describe('the names a brief may use', () => {
  it('are unique as slugs and as spellings, and lower case', () => {
    expect(repeated(STACK_NAMES.map(({ slug }) => slug))).toEqual([]);
    for (const { names } of STACK_NAMES) for (const name of names) expect(name).toBe(name.toLowerCase());
    expect(repeated(STACK_NAMES.flatMap(({ names }) => names))).toEqual([]);
  });

  it('cover every server that a candidate needs', () => {
    const slugs = new Set(STACK_NAMES.map(({ slug }) => slug));
    const needed = allCandidates.flatMap(({ needsServers, needsOneServerOf }) => [
      ...needsServers,
      ...(needsOneServerOf ?? []),
    ]);
    const own = new Set(['datadog-agent', 'supertokens-core']);
    for (const slug of new Set(needed)) expect([slug, slugs.has(slug) || own.has(slug)]).toEqual([slug, true]);
  });

  it('know the stack of the exemplar brief', () => {
    const find = (word: string) => STACK_NAMES.find(({ names }) => names.includes(word));
    expect(find('typescript')).toMatchObject({ slug: 'typescript', ecosystem: 'javascript' });
    expect(find('node.js')).toMatchObject({ slug: 'nodejs', category: 'runtime', engine: 'node' });
    expect(find('postgresql')).toMatchObject({ slug: 'postgresql', category: 'database-primary' });
    expect(find('bullmq')).toMatchObject({ slug: 'bullmq', category: 'queue-jobs', ecosystem: 'javascript' });
    expect(find('stripe')).toMatchObject({ slug: 'stripe', category: 'payments' });
    expect(find('stripe')?.ecosystem).toBeUndefined();
  });

  it('leave verbs and nouns of plain English alone', () => {
    const words = STACK_NAMES.flatMap(({ slug, names }) => [slug, ...names]);
    for (const word of ['resend', 'passport', 'ai', 'config', 'testing', 'influx', 'river'])
      expect(words).not.toContain(word);
  });
});
