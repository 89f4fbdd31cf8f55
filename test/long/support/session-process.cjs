'use strict';
/*
 * One process of the product, from compiled sources, that can be told where to die: {folder, url, dir, registry, killAt}.
 * `killAt` is `node:point`, point being `before` (nothing of the node happened), `computed` (its work is done, nothing is
 * written) or `written` (its rows are committed, the engine has no checkpoint of it).
 */
require('reflect-metadata');
const { join } = require('node:path');

const settings = JSON.parse(process.argv[2]);
const load = (file) => require(join(settings.folder, 'src', file));

function die(node, point) {
  if (settings.killAt === `${node}:${point}`) process.kill(process.pid, 'SIGKILL');
}

const { NodeRunner } = load('modules/sessions/node-runner.js');
const run = NodeRunner.prototype.run;
NodeRunner.prototype.run = async function (work, spec) {
  die(spec.node, 'before');
  const compute = async () => {
    const result = await spec.compute();
    die(spec.node, 'computed');
    return result;
  };
  const outcome = await run.call(this, work, { ...spec, compute });
  die(spec.node, 'written');
  return outcome;
};

async function main() {
  const { loadConfig } = load('config/load-config.js');
  const { createApp } = load('app.js');
  const config = loadConfig(
    { LOG_LEVEL: settings.logLevel ?? 'silent', TECHSPEC_API_KEY: settings.key },
    settings.root,
  );
  const app = await createApp({
    ...config,
    database: { ...config.database, url: settings.url, migrationUrl: settings.ownerUrl, poolSize: 10 },
    data: { ...config.data, dir: settings.dir },
    research: {
      ...config.research,
      npm: { env: { npm_config_registry: settings.registry }, home: '/nowhere', project: '/nowhere' },
    },
    workflow: { ...config.workflow, pollMs: 50, heartbeatMs: 300, deadAfterMs: 1500 },
  });
  await app.listen(0, '127.0.0.1');
  process.send({ port: app.getHttpServer().address().port });
  process.on('message', () => app.close().then(() => process.exit(0)));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
