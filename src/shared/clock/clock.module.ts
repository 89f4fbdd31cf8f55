import { Module } from '@nestjs/common';
import { Clock, IdSource } from './clock.js';

@Module({ providers: [Clock, IdSource], exports: [Clock, IdSource] })
export class ClockModule {}
