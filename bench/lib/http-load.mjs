/**
 * Load from a process of its own: keep-alive connections that each send the next request when the answer of the last is
 * complete. It reads no more of an answer than needed, so that most of the machine is left to the server. Started by
 * http-sides.mjs; takes { port, path, headers, requests, connections, awake } and answers { ms, bytes } or { error }.
 */
import { connect } from 'node:net';

const END_OF_HEAD = Buffer.from('\r\n\r\n');

function requestBytes({ port, path, headers }) {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
}

/** Bytes of the first answer in `bytes`, its head included; undefined while the head is not complete. */
function lengthOf(bytes) {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const head = bytes.latin1Slice(0, end);
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`answered ${head.split('\r\n', 1)[0]}`);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error('answered without Content-Length');
  return end + END_OF_HEAD.length + Number(length);
}

/** One connection until `take` says that no request is left. @returns bytes received */
function drive(job, request, take) {
  return new Promise((resolve, reject) => {
    const socket = connect(job.port, '127.0.0.1').setNoDelay(true);
    let waiting = Buffer.alloc(0);
    let received = 0;
    const next = () => {
      if (take()) socket.write(request);
      else {
        socket.destroy();
        resolve(received);
      }
    };
    const read = (chunk) => {
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      const length = lengthOf(waiting);
      if (length === undefined || waiting.length < length) return;
      received += length;
      waiting = waiting.subarray(length);
      next();
    };
    socket.once('connect', next);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed a connection')));
    socket.on('data', (chunk) => {
      try {
        read(chunk);
      } catch (error) {
        reject(error);
        socket.destroy();
      }
    });
  });
}

/**
 * Keeps this process awake: else each answer would have to wake it, which the kernel charges to the server that writes, the
 * more the slower the server is.
 */
function stayAwake() {
  let awake = true;
  const spin = () => {
    if (awake) setImmediate(spin);
  };
  spin();
  return () => (awake = false);
}

async function run(job) {
  let left = job.requests;
  const sleep = job.awake ? stayAwake() : () => undefined;
  const request = requestBytes(job);
  const startedAt = performance.now();
  const received = await Promise.all(
    Array.from({ length: job.connections }, () => drive(job, request, () => left-- > 0)),
  );
  sleep();
  return { ms: performance.now() - startedAt, bytes: received.reduce((sum, bytes) => sum + bytes, 0) };
}

process.on('message', (job) => {
  run(job).then(
    (result) => process.send(result),
    (error) => process.send({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
