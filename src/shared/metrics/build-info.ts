import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { Gauge, register } from 'prom-client';
import { Config } from '../../config/config.js';

/** Gauges of prom-client whose names end in `_total`, which `promtool check metrics` refuses. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

@Injectable()
export class BuildInfo implements OnModuleInit {
  constructor(
    @InjectMetric('tech_spec_build_info') private readonly info: Gauge,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.info.set({ version: this.config.version, node: process.version }, 1);
    for (const name of MISNAMED) register.removeSingleMetric(name);
  }
}
