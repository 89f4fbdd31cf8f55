import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/build-if-stale.mjs';

const FIXTURES = join(root, 'test', 'fixtures', 'code');

/** A module of the built analysis. */
export const built = (file) => import(pathToFileURL(join(root, 'dist', 'src', 'modules', 'code-analysis', file)).href);

/** The projects that were written for each framework: `{ framework, name, texts, expected }`. */
export function fixtures() {
  return readdirSync(FIXTURES).flatMap((framework) =>
    readdirSync(join(FIXTURES, framework)).map((name) => {
      const texts = textsOf(join(FIXTURES, framework, name));
      const expected = JSON.parse(texts.get('expected.json'));
      texts.delete('expected.json');
      return { framework, name, texts, expected };
    }),
  );
}

function textsOf(folder) {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** What the analysis reads: paths in order, and the text of each. */
export const projectOf = (texts) => ({ paths: [...texts.keys()].sort(), text: (path) => texts.get(path) });

/** By language: where its code lies that is no code of routes, and its fixtures' frameworks. */
export const LANGUAGES = {
  javascript: { frameworks: ['express', 'fastify', 'hono', 'koa', 'nestjs', 'nextjs'], extension: 'ts' },
  python: { frameworks: ['fastapi', 'flask'], extension: 'py' },
  java: { frameworks: ['spring'], extension: 'java' },
  go: { frameworks: ['gin', 'go-routers'], extension: 'go' },
};

/** Of a service written in layers most files have nothing to do with routes: four for each one that has. */
const OTHERS = 4;

/**
 * A tree of one language: every project of its frameworks, in folders of its own, with four files of plain logic for each file of the
 * project, as long as files of services are (some 120 lines). Copies differ by a comment, so that no two files are the same.
 */
export function treeOf(language, files) {
  const { frameworks, extension } = LANGUAGES[language];
  const projects = fixtures().filter(({ framework }) => frameworks.includes(framework));
  const texts = new Map();
  for (let copy = 0; texts.size < files; copy++)
    for (const { framework, name, texts: own } of projects)
      for (const [path, text] of own) {
        if (texts.size >= files) break;
        const folder = `${framework}-${name}-${copy}`;
        const comment = extension === 'py' ? '#' : '//';
        texts.set(`${folder}/${path}`, path.endsWith(`.${extension}`) ? `${text}\n${comment} copy ${copy}\n` : text);
        if (!path.endsWith(`.${extension}`)) continue;
        for (let at = 0; at < OTHERS; at++)
          texts.set(`${folder}/logic/part${texts.size}.${extension}`, LOGIC[extension](`${copy}x${texts.size}`));
      }
  return texts;
}

const steps = (line) => Array.from({ length: 12 }, (_, at) => line(at)).join('\n');

/** Code of sums and lists, without a word of any framework. */
const LOGIC = {
  ts: (id) =>
    `export interface Line${id} { readonly amount: number; readonly label: string }\n${steps(
      (at) => `
/** Sums what is above the limit of step ${at}. */
export function total${at}(lines: readonly Line${id}[], limit: number): number {
  let sum = ${at};
  for (const line of lines) {
    if (line.amount > limit && line.label.length > ${at}) sum += line.amount * (1 + limit / 100);
    else sum -= Math.min(line.amount, ${at});
  }
  return Math.round(sum * 100) / 100;
}`,
    )}\n`,
  py: (id) =>
    `from dataclasses import dataclass\n\n@dataclass\nclass Line${id}:\n    amount: float\n    label: str\n${steps(
      (at) => `
def total${at}(lines, limit):
    """Sums what is above the limit of step ${at}."""
    total = ${at}
    for line in lines:
        if line.amount > limit and len(line.label) > ${at}:
            total += line.amount * (1 + limit / 100)
        else:
            total -= min(line.amount, ${at})
    return round(total * 100) / 100
`,
    )}\n`,
  java: (id) =>
    `package com.acme.logic;\n\nimport java.util.List;\n\npublic class Part${id} {\n${steps(
      (at) => `
  /** Sums what is above the limit of step ${at}. */
  public double total${at}(List<Double> lines, double limit) {
    double sum = ${at};
    for (double amount : lines) {
      if (amount > limit && amount > ${at}) sum += amount * (1 + limit / 100);
      else sum -= Math.min(amount, ${at});
    }
    return Math.round(sum * 100) / 100.0;
  }`,
    )}\n}\n`,
  go: (id) =>
    `package logic\n\nimport "math"\n${steps(
      (at) => `
// Total${id}y${at} sums what is above the limit of step ${at}.
func Total${id}y${at}(lines []float64, limit float64) float64 {
	sum := float64(${at})
	for _, amount := range lines {
		if amount > limit && amount > ${at} {
			sum += amount * (1 + limit/100)
		} else {
			sum -= math.Min(amount, ${at})
		}
	}
	return math.Round(sum*100) / 100
}`,
    )}\n`,
};
