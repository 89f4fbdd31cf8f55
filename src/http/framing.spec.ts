import type { IncomingMessage } from 'node:http';
import { framingError, hostName, isLoopback } from './framing.js';

function message(hosts: readonly string[], url = '/'): IncomingMessage {
  const rawHeaders = hosts.flatMap((host) => ['Host', host]);
  return { url, rawHeaders, headers: { host: hosts[0] }, httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage;
}

describe('the frame of a request', () => {
  it.each(['localhost', 'localhost:3000', 'LOCALHOST', '127.0.0.1:3000', '[::1]', '[::1]:3000'])(
    'without a key %s is this machine',
    (host) => {
      expect(framingError(message([host]), true)).toBeUndefined();
    },
  );

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '', '127.0.0.2', '[::2]', '[::1'])(
    'without a key %j is misdirected, with one it is served',
    (host) => {
      expect(framingError(message([host]), true)?.kind).toBe('misdirected');
      expect(framingError(message([host]), false)).toBeUndefined();
    },
  );

  it('one Host header, no more and no less', () => {
    expect(framingError(message(['a', 'b']), false)?.code).toBe('duplicate_host');
    expect(framingError(message([]), false)?.code).toBe('missing_host');
  });

  it('knows which addresses are the loopback interface', () => {
    expect(['127.0.0.1', '127.1.2.3', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example', 'example.org'].some(isLoopback)).toBe(false);
  });

  it('takes the name from a host with or without port', () => {
    expect(['A.b:1', '[::1]:80', 'x'].map(hostName)).toEqual(['a.b', '[::1]', 'x']);
  });
});
