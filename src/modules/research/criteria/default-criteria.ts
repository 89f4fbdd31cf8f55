import type { CriteriaSet } from '../research.types.js';

/**
 * Version 1 of the criteria, in force until a workspace replaces them. Scales are absolute: a value says something about
 * one option alone, never about its rank among those that happen to be compared.
 */
export const DEFAULT_CRITERIA: CriteriaSet = {
  version: 1,
  criteria: [
    {
      id: 'C1',
      name: 'new servers',
      weight: 0.2,
      scale: 'none 1; one 0.5; more 0',
      why: 'Each server that is not in use yet is one more thing to run, secure, back up and be woken for.',
    },
    {
      id: 'C2',
      name: 'category need',
      weight: 0.2,
      scale:
        '1 when the need stated for the category is proven, 0.5 for a part of it, 0 when proven absent, else [0, 1]',
      why: 'The one property that makes an option right or wrong for the role; it counts only with a citation.',
    },
    {
      id: 'C3',
      name: 'packages taken on',
      weight: 0.15,
      scale: '1 − min(n, 30)/30; n = dependencies + required peers + companions it is never used without',
      why: 'Each direct package is a licence, a maintainer and an upgrade to follow.',
    },
    {
      id: 'C4',
      name: 'release line',
      weight: 0.15,
      scale: '≥ 1.0.0: 1; 0.x or a prerelease: 0.5; minus 0.25 if a dependency is an alpha, beta or rc',
      why: 'Semantic versioning lets a minor release of a 0.x line break its users.',
    },
    {
      id: 'C5',
      name: 'types',
      weight: 0.1,
      scale: 'record or package contains types: 1; record silent: [0, 1]',
      why: 'Without types a change of the interface is found when it runs.',
    },
    {
      id: 'C6',
      name: 'engine range',
      weight: 0.1,
      scale: 'declared range contains the wanted one: 1; none of it: 0; a part of it, or not declared: [0, 1]',
      why: 'What an author declares is tested; what is not declared must be tried.',
    },
    {
      id: 'C7',
      name: 'named replacements',
      weight: 0.1,
      scale: 'module-replacements names the option: 0; else 1 − min(hits among dependencies, 4)/4',
      why: 'A package that the ecosystem advises to replace is work that waits.',
    },
  ],
};
