import { briefOf, optionsOf } from './brief-reader.js';
import { isProjectType } from './project-types.js';
import { createSessionSchema, decisionSchema, listQuerySchema } from './sessions.schemas.js';

const body = (brief: object = {}) => ({
  name: 'Order service',
  brief: { projectType: 'web service', requirements: ['Customers pay by card'], ...brief },
});
const mistakes = (input: unknown) =>
  (createSessionSchema.safeParse(input).error?.issues ?? []).map((issue) => `/${issue.path.join('/')}`);

describe('a posted session', () => {
  it('names all mistakes at once', () => {
    const found = mistakes({
      name: ' ',
      brief: { projectType: 'spaceship', requirements: [], constraints: { budgetUsd: -1, licences: ['MIT'] } },
      options: { priority: 11, plan: 'maybe' },
    });
    expect(found).toEqual([
      '/name',
      '/brief/projectType',
      '/brief/requirements',
      '/brief/constraints/budgetUsd',
      '/brief/constraints',
      '/options/plan',
      '/options/priority',
    ]);
  });

  it('tells a client which project types are known', () => {
    const [issue] = createSessionSchema.safeParse(body({ projectType: 'spaceship' })).error?.issues ?? [];
    expect(issue?.message).toMatch(/one of these words: .*marketplace.*service/);
  });

  it.each(['web service', 'Ticket resale marketplace', 'IoT ingestion pipeline', 'back-end', 'e-commerce', 'APIs'])(
    'knows the project type %s',
    (type) => expect(isProjectType(type)).toBe(true),
  );

  it.each(['', 'spaceship', 'asdf qwer', '____', 'application-ish'.replace('application', 'applicatio')])(
    'refuses the project type %p',
    (type) => expect(isProjectType(type)).toBe(false),
  );

  it('refuses a path out of the project and an unknown category in a pin', () => {
    expect(mistakes({ ...body(), files: [{ path: '../etc/passwd', content: '' }] })).toEqual(['/files/0/path']);
    expect(mistakes(body({ constraints: { pinned: { databases: 'PostgreSQL' } } }))).toHaveLength(1);
  });

  it('accepts one text as requirements and lists of names in the tech stack', () => {
    const input = createSessionSchema.parse(
      body({ requirements: 'Customers pay by card.', techStack: { language: ['TypeScript', 'Go'], database: ' ' } }),
    );
    expect(briefOf(input)).toEqual({
      name: 'Order service',
      projectType: 'web service',
      requirements: ['Customers pay by card.'],
      techStack: { language: 'TypeScript, Go' },
      constraints: {},
    });
  });

  it('is automatic and of middle priority unless it says otherwise', () => {
    expect(optionsOf(createSessionSchema.parse(body()), 5)).toEqual({
      plan: 'auto',
      decisions: 'auto',
      maxOptionsPerGap: 5,
      analyst: 'heuristic',
      priority: 5,
    });
  });
});

describe('a decision', () => {
  it.each([{}, { optionId: 'a', custom: 'b' }])('needs exactly one of option and custom: %p', (choice) => {
    expect(decisionSchema.safeParse({ gapId: 'G-1', ...choice }).success).toBe(false);
  });
});

describe('the query of a list', () => {
  it('refuses unknown names, statuses and times', () => {
    for (const query of [{ state: 'queued' }, { status: 'done' }, { createdAfter: 'yesterday' }, { sort: 'brief' }]) {
      expect(listQuerySchema.safeParse(query).success).toBe(false);
    }
  });
});
