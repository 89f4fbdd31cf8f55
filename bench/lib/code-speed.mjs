import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../../scripts/build-if-stale.mjs';
import { built, LANGUAGES, projectOf, treeOf } from './code-trees.mjs';
import { partAtLeast, row, told } from './row.mjs';
import { median, PAIRS_NEEDED, ratioOf } from './statistics.mjs';

const require = createRequire(join(root, 'package.json'));
/** Rounds that are not counted: what is compiled changes in them. */
const WARM_UP = 2;

/** Processor time of this thread and its helpers, in milliseconds: a busy neighbour does not count. */
function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function timed(work) {
  const from = processorMs();
  await work();
  return processorMs() - from;
}

/** What analyses in this thread, as one thread of the pool does. */
async function analysis() {
  const { inferEndpoints } = await built('analysis/infer-endpoints.js');
  const { InlineParser } = await built('analysis/inline-parser.js');
  const parser = new InlineParser();
  return (project, cache) => inferEndpoints(project, parser, cache);
}

/** Parses a text and gives the tree back at once: what the analysis is compared with. */
async function bareParser(language) {
  if (language === 'javascript') {
    const { parseSync } = require('oxc-parser');
    return (path, text) => parseSync(path, text, { lang: path.endsWith('.ts') ? 'ts' : 'tsx' }).program;
  }
  const { Parser, Language } = require('@vscode/tree-sitter-wasm');
  const folder = dirname(require.resolve('@vscode/tree-sitter-wasm'));
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(join(folder, `tree-sitter-${language}.wasm`)));
  return (_path, text) => parser.parse(text).delete();
}

/** Each language: the whole analysis of a tree against the bare parser on all sources of it, in turn. */
export async function againstParser(figure, { quick }) {
  const analyse = await analysis();
  const results = [];
  for (const language of Object.keys(LANGUAGES))
    results.push({ language, ...(await ofLanguage(language, analyse, quick ? 150 : 600)) });
  const worst = results.reduce((a, b) => (a.ratio < b.ratio ? a : b));
  return row(figure, PAIRS_NEEDED, [
    partAtLeast(
      figure.promise,
      worst.ratio,
      figure.limit,
      figure.unit,
      results.every(({ quiet }) => quiet) ? undefined : 'too noisy',
    ),
    ...results.flatMap(({ language, ratio, self, ours, bare }) => [
      told(language, ratio, '×'),
      told(`${language}, analysed`, ours, 'files/s'),
      told(`${language}, parsed only`, bare, 'files/s'),
      told(`${language}, parser against itself`, self, '×'),
    ]),
  ]);
}

async function ofLanguage(language, analyse, files) {
  const texts = treeOf(language, files);
  const { languageOf } = await built('frameworks/languages.js');
  const sources = [...texts].filter(([path]) => languageOf(path)?.language === language);
  await analyse(projectOf(texts));
  const parse = await bareParser(language);
  const bareMs = () => timed(() => sources.forEach(([path, text]) => parse(path, text)));
  const oursMs = () => timed(() => analyse(projectOf(texts)));
  const pairs = [];
  for (let pair = -WARM_UP; pair < PAIRS_NEEDED; pair++) {
    const one = { bare: await bareMs(), ours: await oursMs(), bareAgain: await bareMs() };
    if (pair >= 0) pairs.push(one);
  }
  const { ratio, self, quiet } = ratioOf(pairs);
  const rate = (of) => (1000 * sources.length) / median(pairs.map(of));
  return { ratio: 1 / ratio, self, quiet, ours: rate(({ ours }) => ours), bare: rate(({ bare }) => bare) };
}
