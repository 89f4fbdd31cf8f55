'use strict';
require('./register.cjs');
require('./worker.ts');
