import { Logger } from '@nestjs/common';
import { modelSuite } from '../integration/cache/model-suite.js';
import { suiteIf } from '../support/optional-suite.js';
import { redisMissing } from '../support/redis.js';
import { SAMPLE, seedOf } from './support/long-run.js';

Logger.overrideLogger(false);
jest.setTimeout(120_000);

/** Each round has a seed of its own, counted up from the one that is printed. */
const ROUNDS = SAMPLE ? 1 : 10;

suiteIf(redisMissing, 'several processes at random, against a model, for long', () => {
  const seed = seedOf('cache model');
  describe.each(Array.from({ length: ROUNDS }, (_, round) => seed + round))('seed %i', (one) => modelSuite(one, 200));
});
