import type { Type } from '@nestjs/common';
import { AppModule } from '../../src/app.module.js';
import { testApp, type TestApp } from './app.js';
import type { ConfigOverrides } from './config.js';

/** The real application with controllers of the test beside its own, behind the same edge. */
export async function testAppWith(controllers: Type[], overrides: ConfigOverrides = {}): Promise<TestApp> {
  const register = AppModule.register.bind(AppModule);
  const added = jest.spyOn(AppModule, 'register').mockImplementation((...settings) => {
    const { controllers: own = [], ...module } = register(...settings);
    return { ...module, controllers: [...own, ...controllers] };
  });
  try {
    return await testApp(overrides);
  } finally {
    added.mockRestore();
  }
}
