import { SessionGauge } from '../../../src/shared/metrics/workflow.metrics.js';
import { ScrapeCollectors } from '../../../src/shared/metrics/scrape-collectors.js';
import { testApp, type TestApp } from '../../support/app.js';

/** Families with their type, and every sample, of the text format. */
function parse(text: string) {
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name ?? '', type ?? '']));
  const helps = new Map([...text.matchAll(/^# HELP (\S+) (.+)$/gm)].map(([, name, help]) => [name ?? '', help ?? '']));
  const samples = [...text.matchAll(/^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)$/gm)].map(([, name, labels, value]) => ({
    name: name ?? '',
    labels: labels ?? '',
    value: Number(value),
  }));
  return { types, helps, samples };
}

const familyOf = (name: string, types: ReadonlyMap<string, string>) =>
  types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '');

describe('GET /metrics', () => {
  let web: TestApp;
  const scrape = async () => parse((await web.call('GET', '/metrics', { headers: { authorization: '' } })).body);
  beforeAll(async () => {
    web = await testApp();
  }, 60_000);
  afterAll(() => web.close());

  it('passes what promtool checks: help and type of every family, counters and they alone end in _total', async () => {
    const { types, helps, samples } = await scrape();
    expect(samples.length).toBeGreaterThan(100);
    const faults = [...types].flatMap(([name, type]) => [
      ...(helps.get(name)?.trim() ? [] : [`${name}: no help`]),
      ...((type === 'counter') === name.endsWith('_total') ? [] : [`${name}: ${type}`]),
      ...(/_(?:ms|milliseconds|minutes)(?:_|$)/.test(name) ? [`${name}: not a base unit`] : []),
    ]);
    expect(faults.filter((fault) => !fault.startsWith('process_cpu'))).toEqual([]);
    expect(samples.filter(({ name }) => !types.has(familyOf(name, types)))).toEqual([]);
  });

  it('declares the families of sessions, research, documents, cache, Redis and the database, at 0 from the start', async () => {
    const { types, samples } = await scrape();
    expect([...types.keys()]).toEqual(
      expect.arrayContaining([
        'tech_spec_api_requests_total',
        'tech_spec_api_request_duration_seconds',
        'tech_spec_http_requests_in_flight',
        'tech_spec_workflow_sessions_total',
        'tech_spec_workflow_duration_seconds',
        'tech_spec_workflow_node_duration_seconds',
        'tech_spec_workflow_node_errors_total',
        'tech_spec_workflow_completion_percentage',
        'tech_spec_workflow_sessions',
        'tech_spec_workflow_cost_usd',
        'tech_spec_tech_research_requests_total',
        'tech_spec_tech_research_duration_seconds',
        'tech_spec_tech_research_web_searches_total',
        'tech_spec_search_cost_usd_total',
        'tech_spec_doc_generation_requests_total',
        'tech_spec_doc_generation_duration_seconds',
        'tech_spec_trd_quality_score',
        'tech_spec_trd_validation_iterations',
        'tech_spec_cache_operations_total',
        'tech_spec_cache_hit_ratio',
        'tech_spec_cache_size_bytes',
        'tech_spec_cache_coalesced_total',
        'tech_spec_cache_invalidations_total',
        'tech_spec_cache_latency_saved_seconds_total',
        'tech_spec_cache_cost_saved_usd_total',
        'tech_spec_redis_pool_size',
        'tech_spec_redis_pool_in_use',
        'tech_spec_redis_pool_waiting',
        'tech_spec_redis_commands_total',
        'tech_spec_redis_errors_total',
        'tech_spec_db_query_duration_seconds',
        'tech_spec_db_errors_total',
        'tech_spec_slow_queries_total',
        'tech_spec_db_connections_active',
        'tech_spec_db_connections_idle',
        'tech_spec_db_connections_max',
        'tech_spec_db_connections_waiting',
        'tech_spec_db_connection_wait_seconds',
        'tech_spec_db_connection_timeouts_total',
      ]),
    );
    const value = (name: string, label: string) =>
      samples.find((one) => one.name === name && one.labels.includes(label))?.value;
    expect(value('tech_spec_workflow_sessions_total', 'status="failed"')).toBe(0);
    expect(value('tech_spec_workflow_node_errors_total', 'node_name="score"')).toBe(0);
    expect(value('tech_spec_workflow_node_duration_seconds_count', 'node_name="research"')).toBe(0);
    expect(value('tech_spec_doc_generation_requests_total', 'document_type="trd"')).toBe(0);
    expect(value('tech_spec_db_errors_total', 'operation="delete",error_type="constraint"')).toBe(0);
    expect(value('tech_spec_slow_queries_total', '')).toBe(0);
    expect(value('tech_spec_build_info', `version="${web.config.version}"`)).toBe(1);
  });

  it('has at most 3,000 series', async () => {
    expect((await scrape()).samples.length).toBeLessThanOrEqual(3000);
  });

  it('is not kept by anything between', async () => {
    const answer = await web.get('/metrics');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(String(answer.headers['vary']).split(', ')).toContain('Accept');
  });

  it('counts by route template, the unknown under one label, and what is in flight', async () => {
    await web.get('/whoami');
    for (const path of ['/a', '/b', '/v1/c?d=1', '/%ff']) await web.get(path);
    const { samples } = await scrape();
    const counted = samples.filter(({ name }) => name === 'tech_spec_api_requests_total');
    const whoami = counted.find(
      ({ labels }) => labels.includes('endpoint="/whoami"') && labels.includes('status_code="200"'),
    );
    expect(whoami?.value).toBe(1);
    const unknown = counted.filter(({ labels }) => labels.includes('__unmatched__'));
    expect(unknown.map(({ value }) => value)).toEqual([3]);
    expect(samples.find(({ name }) => name === 'tech_spec_http_requests_in_flight')?.value).toBe(1);
  });

  it('asks for sessions by status once a scrape; overlapping scrapes share the question', async () => {
    let asked = 0;
    web.app.get(SessionGauge).countedBy(async () => {
      asked += 1;
      return Promise.resolve({ running: 3 });
    });
    const [first] = await Promise.all([scrape(), scrape(), scrape()]);
    expect(asked).toBe(1);
    const gauge = first.samples.filter(({ name }) => name === 'tech_spec_workflow_sessions');
    expect(gauge.find(({ labels }) => labels.includes('running'))?.value).toBe(3);
    expect(gauge.find(({ labels }) => labels.includes('failed'))?.value).toBe(0);
  });

  it('answers although a collector fails', async () => {
    web.app.get(ScrapeCollectors).add('broken', () => Promise.reject(new Error('away')));
    expect((await scrape()).samples.length).toBeGreaterThan(100);
  });

  it('is a JSON report for Accept: application/json', async () => {
    const answer = await web.get('/metrics', { accept: 'application/json' });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toMatchObject({
      service: 'techspec',
      status: 'ok',
      http_cache: { errors: 0, by_endpoint: {} },
      redis_pool: { state: 'off', pool_initialized_at: null, total_commands_executed: 0 },
      api: { slow_requests: 0 },
      websocket: { connections: 0 },
      cache: { second_tier: 'off' },
      database: { connections_waiting: 0 },
    });
    expect(answer.json<{ api: { total_requests: number } }>().api.total_requests).toBeGreaterThan(3);
  });
});

describe('metrics settings', () => {
  let web: TestApp | undefined;
  afterEach(async () => web?.close());

  it('switched off, the address does not exist', async () => {
    web = await testApp({ metrics: { enabled: false } });
    const answer = await web.get('/metrics');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, 'route_not_found']);
    expect((await web.get('/whoami')).statusCode).toBe(200);
  });

  it('with a token, only the token opens it', async () => {
    web = await testApp({ metrics: { token: 'scraper' } });
    expect((await web.get('/metrics')).json<{ code: string }>().code).toBe('metrics_token_required');
    expect((await web.get('/metrics', { authorization: 'Bearer scraper' })).statusCode).toBe(200);
  });
});
