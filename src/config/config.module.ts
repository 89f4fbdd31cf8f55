import { type DynamicModule, Module } from '@nestjs/common';
import { Config } from './config.js';

/** Hands the loaded configuration to every provider that asks for `Config`; the only global module of the product. */
@Module({})
export class ConfigModule {
  static register(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: Config, useValue: config }],
      exports: [Config],
    };
  }
}
