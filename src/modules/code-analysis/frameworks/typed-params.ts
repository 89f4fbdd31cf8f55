import type { Facts } from '../linking/facts-builder.js';
import type { External, JsSource } from '../parsing/javascript/js-source.js';

/** A parameter whose type says that it is a router: `(app: FastifyInstance) => …`. */
export function readTypedParams(
  source: JsSource,
  facts: Facts,
  framework: string,
  isRouter: (type: External) => boolean,
): void {
  for (const { id, typeName, scope, line } of source.typedParams) {
    const type = source.external(typeName);
    if (type && isRouter(type)) facts.routers.push({ framework, id, role: 'parameter', scope, line });
  }
}
