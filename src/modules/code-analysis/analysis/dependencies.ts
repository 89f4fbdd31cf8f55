import type { Project } from '../code-analysis.types.js';
import { LANGUAGES } from '../frameworks/languages.js';
import type { FileFacts } from '../linking/facts.js';

const MANIFEST = /(^|\/)package\.json$/;

/** Frameworks whose package no manifest of the project names. A project without any manifest is given the benefit of the doubt. */
export function absentFrameworks(project: Project): ReadonlySet<string> {
  const manifests = project.paths.filter((path) => MANIFEST.test(path)).flatMap((path) => project.text(path) ?? []);
  if (!manifests.length) return new Set();
  const gates = LANGUAGES.flatMap(({ dependencies }) => Object.entries(dependencies));
  return new Set(
    gates.flatMap(([framework, name]) =>
      manifests.some((text) => text.includes(JSON.stringify(name))) ? [] : [framework],
    ),
  );
}

/** The facts without those of frameworks that are not there. */
export function without(facts: FileFacts, absent: ReadonlySet<string>): FileFacts {
  if (!facts.routers.some(({ framework }) => absent.has(framework))) return facts;
  return { ...facts, routers: facts.routers.filter(({ framework }) => !absent.has(framework)) };
}
