import { tarGzOf, zipOf } from '../../support/archives.js';
import { type ConfigOverrides } from '../../support/config.js';
import { testApp, type Answer, type TestApp } from '../../support/app.js';

export type Tree = Readonly<Record<string, string>>;

export const TREE: Tree = {
  'package.json': JSON.stringify({ name: 'shop', dependencies: { express: '5.2.1', pg: '8.23.1' } }, null, 2),
  'src/app.js':
    "const express = require('express');\nconst app = express();\napp.get('/orders/:id', (req, res) => res.json({}));\n",
  'README.md': '# shop\n',
};

const partsOf = (tree: Tree) => Object.entries(tree).map(([name, content]) => ({ name, content }));
export const zipOfTree = (tree: Tree): Buffer => zipOf(partsOf(tree));
export const tarGzOfTree = (tree: Tree): Buffer => tarGzOf(partsOf(tree));
export const jsonOfTree = (tree: Tree) => ({
  files: Object.entries(tree).map(([path, content]) => ({ path, content })),
});

const BOUNDARY = 'boundary-of-a-test';
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** A form with one file, as a browser or curl sends it. */
export function formOf(bytes: Buffer, { field = 'file', filename = 'code.zip' } = {}): Buffer {
  const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${field}"; filename="${filename}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}

export interface CodeKit extends TestApp {
  /** Sends an archive as a form. */
  send(bytes: Buffer, headers?: Record<string, string>): Promise<Answer>;
  /** Sends the tree as JSON and waits. @returns the analysis */
  analysed(tree: Tree): Promise<{ id: string; status: string }>;
}

export async function codeKit(overrides: ConfigOverrides = {}): Promise<CodeKit> {
  const app = await testApp({ ...overrides, workflow: { pollMs: 50, ...overrides.workflow } });
  return {
    ...app,
    send: (bytes, headers = {}) =>
      app.call('POST', '/v1/code-analyses', {
        headers: { 'content-type': FORM_TYPE, ...headers },
        payload: formOf(bytes),
      }),
    analysed: async (tree) => {
      const answer = await app.post('/v1/code-analyses', jsonOfTree(tree), { prefer: 'wait=8' });
      if (answer.statusCode !== 200) throw new Error(`not analysed: ${answer.statusCode} ${answer.body}`);
      return answer.json<{ id: string; status: string }>();
    },
  };
}
