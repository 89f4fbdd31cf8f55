import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbedded } from '../../src/shared/database/embedded/embedded-server.js';

/**
 * A process with an embedded database, for specs that kill it. Arguments: folder of package.json, data folder, options as
 * JSON. Says one JSON line when it is up; Ctrl-C or `stop` on stdin: drains for 300 ms as the program does, stops, ends.
 */
async function main(): Promise<void> {
  const [root = '', folder = '', options = '{}'] = process.argv.slice(2);
  const said: string[] = [];
  try {
    const server = await startEmbedded(folder, { root }, { ...JSON.parse(options), say: (text) => said.push(text) });
    const end = async (): Promise<void> => {
      await sleep(300);
      await server.stop();
      process.exit(0);
    };
    process.once('SIGINT', () => void end());
    process.stdin.on('data', (text) => {
      if (text.toString().includes('stop')) void end();
      else process.stdout.write(`${JSON.stringify({ guest: server.guest, said })}\n`);
    });
    const { url, ownerUrl, guest, home } = server;
    process.stdout.write(`${JSON.stringify({ url, ownerUrl, guest, home, said })}\n`);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    process.stdout.write(`${JSON.stringify({ code, message })}\n`);
    process.exit(1);
  }
}

void main();
