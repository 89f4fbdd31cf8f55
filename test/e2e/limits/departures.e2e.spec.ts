import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { IdentityService } from '../../../src/modules/identity/identity.service.js';
import { testApp, type TestApp } from '../../support/app.js';

describe('a client that goes away while its key is looked up', () => {
  let web: TestApp;
  let owner: pg.Client;

  beforeAll(async () => {
    web = await testApp({ role: 'api', rateLimit: { enabled: true, concurrent: 1 } });
    await web.app.listen(0, '127.0.0.1');
    owner = new pg.Client({ connectionString: web.database.ownerUrl });
    await owner.connect();
  }, 60_000);
  afterAll(async () => {
    await owner?.end();
    await web?.close();
  });

  const inFlight = async () => /^tech_spec_http_requests_in_flight (\d+)/m.exec((await web.get('/metrics')).body)?.[1];

  /** Sends it and leaves, all while nobody can read the keys. */
  async function goAway(headers: string): Promise<void> {
    const { port } = (web.app.getHttpServer() as { address(): AddressInfo }).address();
    web.app.get(IdentityService, { strict: false }).forget('testadmin');
    await owner.query('BEGIN');
    await owner.query('LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE');
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET /whoami HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${web.key}\r\n${headers}\r\n`);
    await sleep(100);
    socket.destroy();
    await sleep(100);
    await owner.query('COMMIT');
    await sleep(100);
  }

  it.each([
    ['is not counted as in flight, nor among the calls of its key', ''],
    ['nor when it would have been refused', 'Accept: image/png\r\n'],
  ])('%s', async (_what, headers) => {
    for (let times = 0; times < 3; times++) await goAway(headers);
    expect(await inFlight()).toBe('1');
    // One call of a key may be under way: a place that was not given back would be missing.
    expect((await web.get('/whoami')).statusCode).toBe(200);
    expect((await web.get('/v1/api-keys')).statusCode).toBe(200);
  });
});
