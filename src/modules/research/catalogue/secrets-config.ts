import type { Candidate } from '../research.types.js';
import { listed, npm, quoted } from './candidate-builder.js';

export const SECRETS_CONFIG: readonly Candidate[] = [
  npm('secrets-config', 'envalid', 'Envalid', {
    categoryNeed: quoted(
      1,
      'README.md',
      'Ensure that your program only runs when all of its environment dependencies are met',
    ),
    brings: ['settings come from the environment alone'],
  }),
  npm('secrets-config', 'convict', 'Convict', {
    names: ['node-convict'],
    categoryNeed: quoted(1, 'README.md', 'generating an error report with all errors that are found'),
    companions: ['@types/convict'],
    brings: ['settings from files, environment and arguments in one order'],
  }),
  npm('secrets-config', 'env-schema', 'env-schema', {
    brings: ['settings are described by JSON Schema'],
  }),
  npm('secrets-config', 'dotenv', 'dotenv', {
    brings: ['loads a file into the environment; checking it is left to others'],
  }),
  ...listed(
    'secrets-config',
    'python',
    ['pydantic-settings', 'pydantic-settings'],
    ['dynaconf', 'Dynaconf'],
    ['python-decouple', 'python-decouple'],
  ),
  ...listed(
    'secrets-config',
    'java',
    [
      'com.typesafe:config',
      'Typesafe Config',
      { names: ['typesafe config', 'lightbend config', 'com.typesafe:config'] },
    ],
    ['io.smallrye.config:smallrye-config', 'SmallRye Config'],
  ),
  ...listed(
    'secrets-config',
    'go',
    ['github.com/spf13/viper', 'Viper', { names: ['spf13 viper', 'github.com/spf13/viper'] }],
    ['github.com/caarlos0/env/v11', 'caarlos0 env'],
  ),
];
