/** Kinds of projects the derivation and the catalogue know; one of these words has to occur in `projectType`. */
export const PROJECT_TYPE_WORDS = [
  'analytics',
  'api',
  'app',
  'application',
  'assistant',
  'backend',
  'bot',
  'cli',
  'cms',
  'crm',
  'dashboard',
  'erp',
  'etl',
  'game',
  'gateway',
  'integration',
  'iot',
  'library',
  'marketplace',
  'microservice',
  'microservices',
  'mobile',
  'pipeline',
  'platform',
  'plugin',
  'portal',
  'product',
  'prototype',
  'saas',
  'script',
  'sdk',
  'server',
  'service',
  'services',
  'shop',
  'site',
  'software',
  'store',
  'suite',
  'system',
  'tool',
  'web',
  'website',
  'worker',
  'workflow',
] as const;

const KNOWN: ReadonlySet<string> = new Set(PROJECT_TYPE_WORDS);

/** `web service`, `Internal analytics tool`, `back-end`, `e-commerce web_app`: a phrase with at least one known word. */
export function isProjectType(text: string): boolean {
  const joined = text
    .toLowerCase()
    .replace(/back-end/g, 'backend')
    .replace(/e-?commerce/g, 'shop');
  return joined
    .split(/[^a-z0-9]+/)
    .some((word) => KNOWN.has(word) || (word.endsWith('s') && KNOWN.has(word.slice(0, -1))));
}
