import { inferEndpoints } from './infer-endpoints.js';
import { InlineParser } from './inline-parser.js';
import { foundIn, projectOf } from './scores.fixture.js';

const PYTHON = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/kept')\ndef kept():\n    return 1\n";
const JAVA =
  'import org.springframework.web.bind.annotation.*;\n@RestController class A {\n@GetMapping("/kept") String a() { return "x"; }\n';
const GO =
  'package main\nimport "github.com/gin-gonic/gin"\nfunc main() {\n\tr := gin.Default()\n\tr.GET("/kept", h)\n';
const SPECIFICATION = 'openapi: 3.0.0\npaths:\n  /kept:\n    get: {}\n';
const DEEP = 100_000;

describe('broken and hostile files of the tree-sitter languages', () => {
  it.each([
    ['Python', { 'a.py': `${PYTHON}\ndef broken(:\n  ((( = class\n` }],
    ['Java', { 'A.java': `${JAVA} @GetMapping( class } } ) {{{ int` }],
    ['Go', { 'a.go': `${GO}\n\tr.POST("/x" {{{ func (` }],
  ])('%s: what precedes a syntax error is found', async (_name, files) => {
    expect(await foundIn(files)).toContain('GET /kept');
  });

  it.each([
    ['Python', 'b.py', `${PYTHON}x = ${'('.repeat(DEEP)}1${')'.repeat(DEEP)}`],
    ['Java', 'B.java', `${JAVA} int x = ${'('.repeat(DEEP)}1${')'.repeat(DEEP)}; }`],
    ['Go', 'b.go', `${GO}}\nvar x = ${'('.repeat(DEEP)}1${')'.repeat(DEEP)}`],
  ])('%s: 100,000 nested brackets cost that file alone', async (_name, path, text) => {
    const files = { [path]: text, 'kept.py': PYTHON };
    const { endpoints, stats } = await inferEndpoints(projectOf(files), new InlineParser());
    expect(endpoints.map((one) => one.path)).toEqual(['/kept']);
    expect(endpoints[0]?.file).toBe('kept.py');
    expect(stats.skipped.map(({ file }) => file)).toEqual([path]);
  });

  it('nested brackets in a specification end', async () => {
    const text = `${SPECIFICATION}x: ${'['.repeat(DEEP)}${']'.repeat(DEEP)}`;
    const { endpoints, stats } = await inferEndpoints(projectOf({ 'b.yaml': text }), new InlineParser());
    expect(endpoints.length + stats.skipped.length).toBe(1);
  });

  it('a line of 5 MB is reported, not read', async () => {
    const files = { 'long.py': `${PYTHON}x = "${'a'.repeat(5 * 1024 * 1024)}"`, 'kept.py': PYTHON };
    const { endpoints, stats } = await inferEndpoints(projectOf(files), new InlineParser());
    expect(endpoints).toHaveLength(1);
    expect(stats.skipped).toEqual([{ file: 'long.py', reason: expect.stringMatching(/larger than/) as string }]);
  });

  it('a chain of 10,000 operators is survived', async () => {
    const chain = Array.from({ length: 10_000 }, () => "'/a'").join(' + ');
    const { stats } = await inferEndpoints(
      projectOf({ 'a.py': `${PYTHON}x = ${chain}`, 'kept.py': PYTHON }),
      new InlineParser(),
    );
    expect(stats.parsed + stats.skipped.length).toBe(2);
  });

  it('text that was no UTF-8 is read as far as it goes', async () => {
    const noise = Buffer.from([0xff, 0xfe, 0x80, 0x00, 0xc3, 0x28]).toString('utf8');
    expect(await foundIn({ 'a.py': `# ${noise}\n${PYTHON}` })).toEqual(['GET /kept']);
  });

  it('YAML bombs and circles of references and anchors end', async () => {
    const levels = Array.from({ length: 30 }, (_, at) => `a${at}: &a${at} [*a${at - 1}, *a${at - 1}, *a${at - 1}]`);
    const bomb = `openapi: 3.0.0\na: &a [x, x, x]\n${levels.slice(1).join('\n').replace('*a0', '*a')}\npaths: {}`;
    const circle = 'openapi: 3.0.0\npaths:\n  /x:\n    $ref: "#/paths/~1y"\n  /y:\n    $ref: "#/paths/~1x"\n';
    expect(await foundIn({ 'bomb.yaml': bomb, 'circle.yaml': circle, 'kept.py': PYTHON })).toEqual(['GET /kept']);
  });

  it('names of object members are no names of data', async () => {
    const text = 'openapi: 3.0.0\n__proto__: { x: 1 }\npaths:\n  /kept:\n    get: {}\n    constructor: {}\n';
    expect(await foundIn({ 'a.yaml': text })).toEqual(['GET /kept']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('imports and base classes that go in circles end', async () => {
    const files = {
      'a.py': `from b import *\nfrom b import B\n${PYTHON}\nclass A(B): pass\napp.include_router(x)`,
      'b.py': 'from a import *\nfrom a import A\nclass B(A): pass\nx = y\ny = x\n',
      'A.java': `${JAVA}} class B extends C {} class C extends B {}`,
    };
    expect(await foundIn(files)).toEqual(['GET /kept']);
  });
});
