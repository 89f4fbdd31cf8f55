import type { Endpoint, Project } from '../code-analysis.types.js';

/** Files of a build that may name a generator and the specification it reads. */
const BUILD =
  /^(pom\.xml|build\.gradle(\.kts)?|build\.sbt|Makefile|Taskfile\.ya?ml|package\.json|generate\.go|tools\.go)$/i;
const SETTINGS = /\.(ya?ml|json|ts|js|mjs|toml)$/i;
/** Code that serves what a specification says without being generated. */
const CODE = /\.(py|go|js|ts)$/;
const SERVER =
  /<generatorName>\s*(spring|jaxrs|micronaut|kotlin-spring|java-camel|java-micronaut-server)|generatorName(\.set\(|\s*=\s*)["'](spring|jaxrs|kotlin-spring|micronaut)|-g\s+(spring|go-server|go-gin-server|python-flask|python-fastapi|nodejs-express-server|aspnetcore|jaxrs)|(gin|echo|chi|fiber|std-http|gorilla|strict)-server|swagger generate server|-generate\s+["']?[\w,-]*(server|gin|chi)|\bogen\b|\bconnexion\b|openapi-backend|openapi-glue|express-openapi-validator/;
const CLIENT =
  /openapi-typescript|@hey-api\/openapi-ts|\borval\b|swagger-typescript-api|openapi-python-client|typescript-(axios|fetch|angular|node)|<generatorName>\s*(java|typescript|kotlin|python|go)\b|-generate\s+["']?[\w,-]*client/;

/**
 * Operations of specifications that the project answers although no code of it shows them: those of a file that its server is
 * made from (by a generator at build, or by a library at run time), and, where there is no endpoint in the code at all, those of
 * every file that is not there to make a client from.
 */
export function servedByDocument(
  project: Project,
  inCode: readonly Endpoint[],
  operations: readonly Endpoint[],
): Endpoint[] {
  if (!operations.length) return [];
  const files = [...new Set(operations.map(({ file }) => file))];
  const roles = new Map(files.map((file) => [file, roleOf(project, file)]));
  return operations.filter(({ file }) => {
    const role = roles.get(file);
    return role === 'server' || (role !== 'client' && !inCode.length);
  });
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const isBuildFile = (name: string) => BUILD.test(name) || (SETTINGS.test(name) && /oapi|codegen|openapi/i.test(name));

function roleOf(project: Project, file: string): 'server' | 'client' | undefined {
  const base = nameOf(file);
  const naming = project.paths.filter((path) => path !== file && (isBuildFile(nameOf(path)) || CODE.test(path)));
  let role: 'client' | undefined;
  for (const path of naming) {
    const text = project.text(path);
    if (text === undefined || text.length > 500_000 || !text.includes(base)) continue;
    if (SERVER.test(text)) return 'server';
    if (CLIENT.test(text)) role = 'client';
  }
  return role;
}
