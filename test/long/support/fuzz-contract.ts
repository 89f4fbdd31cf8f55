import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

export type Json = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Json;
}

interface Media {
  readonly schema?: Json;
}

/** One operation of /openapi.json. */
export interface Operation {
  /** `GET /v1/sessions/{id}` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly needsKey: boolean;
  readonly parameters: readonly Parameter[];
  readonly body?: Json;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

interface RawOperation {
  readonly security?: unknown;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Operation['responses'];
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** A stream that goes on was left after a moment. */
  readonly isOpen?: boolean;
}

/** The description of a running service, and what it says about answers. */
export class Contract {
  readonly operations: readonly Operation[];
  /** Each schema with a format has its pattern, too. */
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  private readonly validators = new Map<string, ValidateFunction>();

  /** @param codes code → status of every documented problem */
  constructor(
    readonly document: Json,
    private readonly codes: ReadonlyMap<string, number>,
  ) {
    this.ajv.addSchema({ ...document, $id: 'openapi' });
    const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
    this.operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => operationOf(method.toUpperCase(), path, operation)),
    );
  }

  /** The operation that serves an address; HEAD is that of GET. Undefined for addresses that are not part of the contract. */
  operationAt(method: string, target: string): Operation | undefined {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const path = target.replace(/^http:\/\/[^/]*/, '').split(/[?#]/, 1)[0] ?? '';
    return this.operations.find((operation) => operation.method === wanted && matches(operation.path, path));
  }

  /** A schema of the document with its references followed, one level. */
  resolve(schema: Json): Json {
    const reference = schema['$ref'];
    if (typeof reference !== 'string') return schema;
    const found = reference
      .slice(2)
      .split('/')
      .reduce<unknown>((at, part) => (at as Json)[part], this.document);
    return this.resolve(found as Json);
  }

  /** What is wrong with an answer of a known operation; empty when it is as described. */
  mistakesOf(operation: Operation, answer: Answer, isHead: boolean): string[] {
    const described = operation.responses[String(answer.status)];
    if (!described) return [`${answer.status} is not described for ${operation.name}: ${answer.text.slice(0, 200)}`];
    if (isHead || answer.status === 304) return answer.text === '' ? [] : ['has a body'];
    const type = typeOf(answer);
    if (!described.content) return answer.text === '' ? [] : [`a body where none is described (${type})`];
    if (!(type in described.content))
      return [`is ${type || 'of no type'}, described are ${Object.keys(described.content)}`];
    if (!type.endsWith('json')) return [];
    return [...this.bodyMistakes(operation, type, answer), ...this.problemMistakes(answer)];
  }

  /** For answers that are problems, wherever they come from. */
  problemMistakes({ status, text, headers }: Answer): string[] {
    if (status < 400 || text === '' || !(headers['content-type'] ?? '').startsWith('application/problem+json'))
      return [];
    const { code, status: told, requestId } = (parsed(text) ?? {}) as Partial<Record<string, unknown>>;
    return [
      ...(this.codes.get(String(code)) === status ? [] : [`${String(code)} is not documented with ${status}`]),
      ...(told === status ? [] : [`the body says ${String(told)}, the status line ${status}`]),
      ...(requestId === headers['x-request-id'] ? [] : ['the body names another request id than the header']),
    ];
  }

  private bodyMistakes(operation: Operation, type: string, { status, text }: Answer): string[] {
    const body = parsed(text);
    if (body === undefined) return [`is no JSON: ${text.slice(0, 100)}`];
    const validate = this.validatorOf(operation, String(status), type);
    if (validate(body)) return [];
    return (validate.errors ?? [])
      .slice(0, 3)
      .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  }

  private validatorOf({ path, method }: Operation, status: string, type: string): ValidateFunction {
    const parts = ['paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
    const reference = `openapi#/${parts.map((part) => encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'))).join('/')}`;
    const known = this.validators.get(reference) ?? this.ajv.compile({ $ref: reference });
    this.validators.set(reference, known);
    return known;
  }
}

function operationOf(method: string, path: string, raw: RawOperation): Operation {
  return {
    name: `${method} ${path}`,
    method,
    path,
    needsKey: raw.security !== undefined,
    parameters: raw.parameters ?? [],
    body: raw.requestBody?.content['application/json']?.schema,
    responses: raw.responses,
  };
}

function matches(template: string, path: string): boolean {
  const [wanted, given] = [template.split('/'), path.split('/')];
  if (wanted.length !== given.length) return false;
  return wanted.every((part, at) => (part.startsWith('{') ? given[at] !== '' : part === decoded(given[at] ?? '')));
}

function decoded(part: string): string {
  try {
    return decodeURI(part);
  } catch {
    return part;
  }
}

/** Media type without its parameters. */
export const typeOf = ({ headers }: Answer): string => (headers['content-type'] ?? '').split(';', 1)[0]!.trim();

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
