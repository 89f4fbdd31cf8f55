import { Module } from '@nestjs/common';
import { Clock, IdSource, Randomness } from './clock.js';

@Module({ providers: [Clock, IdSource, Randomness], exports: [Clock, IdSource, Randomness] })
export class ClockModule {}
