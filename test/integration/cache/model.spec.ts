import { Logger } from '@nestjs/common';
import { seedOf } from '../../long/support/long-run.js';
import { suiteIf } from '../../support/optional-suite.js';
import { redisMissing } from '../../support/redis.js';
import { modelSuite } from './model-suite.js';

Logger.overrideLogger(false);
jest.setTimeout(120_000);

suiteIf(redisMissing, 'several processes at random, against a model', () => modelSuite(seedOf('cache model'), 80));
