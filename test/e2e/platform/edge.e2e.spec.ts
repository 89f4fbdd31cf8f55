import { testApp, type TestApp } from '../../support/app.js';

describe('the edge', () => {
  let web: TestApp;
  beforeAll(async () => {
    web = await testApp();
  }, 60_000);
  afterAll(() => web.close());

  it('knows who calls', async () => {
    const answer = await web.get('/whoami');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ keyId: 'testadmin', role: 'admin', workspace: { name: 'default' } });
  });
});
