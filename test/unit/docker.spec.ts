import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SETTINGS } from '../../src/config/settings.js';

const root = process.cwd();
const dockerfile = readFileSync(join(root, 'docker/Dockerfile'), 'utf8').replace(/\\\n/g, ' ');
const lines = dockerfile.split('\n').filter((line) => line && !line.startsWith('#'));
const instructions = lines.map((line) => ({
  name: line.split(' ')[0] ?? '',
  rest: line.slice(line.indexOf(' ') + 1).trim(),
}));
const last = instructions.slice(instructions.map(({ name }) => name).lastIndexOf('FROM'));
const compose = parse(readFileSync(join(root, 'docker/compose.yaml'), 'utf8')) as {
  services: Record<
    string,
    {
      build?: { context: string; dockerfile: string };
      environment?: Record<string, string>;
      healthcheck?: unknown;
      ports?: string[];
      depends_on?: Record<string, { condition: string }>;
    }
  >;
  volumes: Record<string, unknown>;
};

describe('the image', () => {
  it('is built in stages on Node.js 24 and holds no build tools', () => {
    const bases = instructions.filter(({ name }) => name === 'FROM').map(({ rest }) => rest);
    expect(bases.length).toBeGreaterThanOrEqual(3);
    for (const base of bases) expect(base).toMatch(/^node:24-/);
    expect(dockerfile).toMatch(/npm ci --omit=dev/);
    expect(last.filter(({ name }) => name === 'RUN').map(({ rest }) => rest)).not.toContainEqual(
      expect.stringMatching(/npm/),
    );
  });

  it('does not run as root', () => {
    expect(last.find(({ name }) => name === 'USER')?.rest).toBe('node');
  });

  it('says whether it is ready', () => {
    expect(last.find(({ name }) => name === 'HEALTHCHECK')?.rest).toContain('/health/ready');
  });

  it('copies only what exists, and starts what the build makes', () => {
    const copied = instructions
      .filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from'))
      .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1));
    for (const path of copied) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    expect(last.find(({ name }) => name === 'CMD')?.rest).toContain('dist/src/main.js');
    expect(existsSync(join(root, 'src/main.ts'))).toBe(true);
  });

  it('sets only settings of the schema', () => {
    const set = last
      .filter(({ name }) => name === 'ENV')
      .flatMap(({ rest }) => rest.split(/\s+/).map((pair) => pair.split('=')[0]));
    const known = new Set([...SETTINGS.map(({ name }) => name), 'NODE_ENV']);
    expect(set.filter((name) => !known.has(name ?? ''))).toEqual([]);
  });
});

describe('the compose file', () => {
  it('starts app, PostgreSQL and Redis, each with a health check', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['app', 'postgres', 'redis']);
    expect(compose.services.postgres?.healthcheck).toBeDefined();
    expect(compose.services.redis?.healthcheck).toBeDefined();
    expect(compose.services.app?.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    });
  });

  it('opens a port on loopback only and asks for the key', () => {
    expect(compose.services.app?.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
    expect(Object.entries(compose.services).filter(([name, { ports }]) => name !== 'app' && ports)).toEqual([]);
    expect(compose.services.app?.environment?.TECHSPEC_API_KEY).toMatch(/\?/);
  });

  it('points to a Dockerfile that exists', () => {
    const { context, dockerfile: file } = compose.services.app?.build ?? { context: '', dockerfile: '' };
    expect(existsSync(join(root, 'docker', context, file))).toBe(true);
  });
});
