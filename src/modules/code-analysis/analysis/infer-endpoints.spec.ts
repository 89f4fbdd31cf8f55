import fc from 'fast-check';
import type { FileFacts } from '../linking/facts.js';
import { inferEndpoints } from './infer-endpoints.js';
import { InlineParser } from './inline-parser.js';
import { type Files, foundIn, projectOf } from './scores.fixture.js';

const APP = `import express from 'express';\nconst app = express();\n`;
const infer = (files: Files) => inferEndpoints(projectOf(files), new InlineParser());

describe('hostile and broken files', () => {
  it.each([
    ['100,000 nested parentheses', `${APP}${'('.repeat(100_000)}1${')'.repeat(100_000)};`],
    ['100,000 nested arrays in a string too', `${APP}const a = ${'['.repeat(100_000)}${']'.repeat(100_000)};`],
    ['100,000 operators', `${APP}const a = ${'!'.repeat(100_000)}1;`],
    ['100,000 arrows', `${APP}const a = ${'a=>'.repeat(100_000)}1;`],
    ['100,000 chained calls', `${APP}app${'.use(a)'.repeat(100_000)};`],
    ['100,000 conditions', `${APP}const a = ${'b?c:'.repeat(100_000)}d;`],
    ['100,000 nested templates', `${APP}const a = ${'`${'.repeat(100_000)}1${'}`'.repeat(100_000)};`],
    ['100,000 nested elements', `${APP}const a = ${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)};`],
    ['one line of 5 MB', `${APP}app.get('/x',h);`.padEnd(5 * 1024 * 1024, 'a=1;')],
  ])('%s: named, and the rest is answered', async (_name, text) => {
    const { endpoints, stats } = await infer({ 'bad.js': text, 'good.js': `${APP}app.get('/good', handler);` });
    expect(stats.skipped.map(({ file }) => file)).toEqual(['bad.js']);
    expect(endpoints.map(({ path }) => path)).toEqual(['/good']);
  });

  it('finds what stands before a syntax error, in a function too', async () => {
    const text = `${APP}app.get('/first', a);\nfunction more() {\n  app.post('/second', b);\n  const x = ;\n  app.put('/third', c);\n`;
    expect(await foundIn({ 'app.js': text })).toEqual(['GET /first', 'POST /second']);
  });

  it('reads what is no UTF-8 as far as it can', async () => {
    const text = Buffer.concat([
      Buffer.from(`${APP}// `),
      Buffer.from([0xff, 0xfe]),
      Buffer.from("\napp.get('/x', a);"),
    ]);
    expect(await foundIn({ 'app.js': text.toString('utf8') })).toEqual(['GET /x']);
  });

  it('ends on files that import and mount each other in a circle', async () => {
    const part = (other: string, path: string) =>
      `import { Router } from 'express';\nimport other from './${other}.js';\nconst r = Router();\nr.get('/${path}', h);\nr.use('/to-${other}', other);\nexport * from './${other}.js';\nexport default r;`;
    const files = {
      'app.js': `${APP}import a from './a.js';\napp.use('/a', a);`,
      'a.js': part('b', 'a'),
      'b.js': part('a', 'b'),
    };
    expect(await foundIn(files)).toEqual(['GET /a/a', 'GET /a/to-b/b']);
  });

  it('ends on functions that call themselves and bindings that are themselves', async () => {
    const text = `${APP}let p = p + '/x';\nfunction f(r, d) { r.get(d + '/x', h); f(r, d + '/x'); }\nf(app, '');\napp.get(p, h);`;
    expect((await infer({ 'app.js': text })).endpoints.length).toBeLessThan(40);
  });

  it.each(['constructor', '__proto__', 'hasOwnProperty', 'toString'])('is not fooled by the name %s', async (word) => {
    const text = `${APP}const ${word} = express.Router();\n${word}.get('/${word}', h);\napp.use('/${word}', ${word});`;
    expect(await foundIn({ 'app.js': text })).toEqual([`GET /${word}/${word}`]);
  });

  it('answers the same whatever it is given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (noise) => {
        const files = { 'noise.ts': `import express from 'express';${noise}`, 'app.js': `${APP}app.get('/kept', h);` };
        expect(await foundIn(files)).toContain('GET /kept');
      }),
      { numRuns: 100 },
    );
  });
});

describe('an endpoint', () => {
  const files = {
    'app.js': `${APP}import { users } from './users.js';\napp.use('/api', users);\napp.use(process.env.PREFIX || '/v1', users);\napp.use(settings.path, users);`,
    'users.js': `import { Router } from 'express';\nexport const users = Router();\nusers.get('/users/:id', read);`,
  };

  it('says where it and its prefixes are, and how sure it is', async () => {
    const { endpoints } = await infer(files);
    const handler = { file: 'users.js', line: 3, framework: 'express', method: 'GET' };
    const params = [{ name: 'id', in: 'path', required: true }];
    expect(endpoints).toEqual([
      {
        ...handler,
        params,
        path: '/api/users/{id}',
        confidence: 'high',
        via: [{ file: 'app.js', line: 4, prefix: '/api' }],
      },
      {
        ...handler,
        params,
        path: '/path/users/{id}',
        confidence: 'low',
        via: [{ file: 'app.js', line: 6, prefix: 'path' }],
      },
      {
        ...handler,
        params,
        path: '/v1/users/{id}',
        confidence: 'medium',
        via: [{ file: 'app.js', line: 5, prefix: '/v1' }],
      },
    ]);
  });

  it('does not depend on the order of the files', async () => {
    const turned = { paths: Object.keys(files).sort().reverse(), text: projectOf(files).text };
    expect(await inferEndpoints(turned, new InlineParser())).toEqual(await infer(files));
  });

  it('comes from the cache when its file has not changed', async () => {
    const facts = new Map<string, FileFacts>();
    const cache = {
      get: (key: string) => facts.get(key),
      set: (key: string, value: FileFacts) => void facts.set(key, value),
    };
    const first = await inferEndpoints(projectOf(files), new InlineParser(), cache);
    const failing = { parse: () => Promise.reject(new Error('parsed again')), close: () => Promise.resolve() };
    for (const [key, value] of facts) facts.set(key, JSON.parse(JSON.stringify(value)) as FileFacts);
    const second = await inferEndpoints(projectOf(files), failing, cache);
    expect(second.endpoints).toEqual(first.endpoints);
    expect(second.stats).toMatchObject({ parsed: 2, cached: 2 });
  });
});
