import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { root } from '../../scripts/build-if-stale.mjs';
import { LANGUAGES, treeOf } from './code-trees.mjs';

const require = createRequire(join(root, 'package.json'));

/** Uploads hold at most 2,000 entries, folders included. */
export const UPLOADED_FILES = 1600;

/** Sends a tree and waits until it is analysed; returns how many endpoints it has. */
export async function analysed(service, upload) {
  const form = new FormData();
  form.append('file', new Blob([upload]), 'code.tar.gz');
  const authorization = `Bearer ${service.key}`;
  const created = await fetch(`${service.address}/v1/code-analyses`, {
    method: 'POST',
    headers: { authorization },
    body: form,
  });
  if (created.status !== 202 && created.status !== 200)
    throw new Error(`POST /v1/code-analyses: ${created.status} ${await created.text()}`);
  // A tree that is known is answered at once by its analysis itself.
  const { id, analysisId = id } = await created.json();
  for (;;) {
    const { status } = await (await service.call('GET', `/v1/code-analyses/${analysisId}`)).json();
    if (status !== 'queued' && status !== 'running' && status !== 'completed')
      throw new Error(`the analysis is ${status}`);
    if (status === 'completed') break;
    await sleep(10);
  }
  const list = await (await service.call('GET', `/v1/code-analyses/${analysisId}/endpoints?perPage=1&page=1`)).json();
  return list.total;
}

/** A tar.gz of files of all languages; another name gives another tree. */
export async function packed(name, files) {
  const { pack } = require('tar-stream');
  const tar = pack();
  for (const language of Object.keys(LANGUAGES))
    for (const [path, text] of treeOf(language, files / 4)) tar.entry({ name: `${language}/${name}/${path}` }, text);
  tar.finalize();
  const chunks = [];
  for await (const chunk of tar) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}
