import { Module } from '@nestjs/common';
import { ClockModule } from '../clock/clock.module.js';
import { WarmUp } from './warm-up.js';

/** Import it where something is read right after the start, and add a loader to `WarmUp`. */
@Module({ imports: [ClockModule], providers: [WarmUp], exports: [WarmUp] })
export class WarmUpModule {}
