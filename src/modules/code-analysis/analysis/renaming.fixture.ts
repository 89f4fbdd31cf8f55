import { KEPT_ELSEWHERE } from './renaming-words.fixture.js';
import type { Files } from './scores.fixture.js';

/** Words of languages and frameworks; every other word of a project is the project's own and gets another. */
const KEPT = new Set(
  `${KEPT_ELSEWHERE} abstract any as async await break case catch class const constructor continue declare default delete do else enum export extends
  false finally for from function get if implements import in instanceof interface let namespace new null number object of package
  private protected public readonly require return set static string super switch symbol this throw true try type typeof undefined
  unknown use var void override satisfies keyof readonly declare infer is asserts never WS while with yield strict exports module main name scripts dependencies devDependencies version baseUrl paths
  compilerOptions imports include exclude extends references rootDir outDir workspaces path dir url method methods handler prefix
  tsconfig jsconfig src index lib dist test tests spec js ts mjs cjs tsx jsx json app node server
  Array Boolean Date Error JSON Map Math Number Object Promise Record RegExp Set String Symbol console process env Partial Pick Omit
  forEach map flatMap entries keys values filter concat join toLowerCase toUpperCase push bind freeze assign log error then
  dirname filename __dirname __filename __tests__ __mocks__ __fixtures__ fileURLToPath meta URL posix resolve
  express Router Application Express Request Response NextFunction RequestHandler IRouter mergeParams route all post put patch del
  head options listen json urlencoded
  fastify Fastify FastifyInstance FastifyPluginAsync FastifyPluginCallback FastifyRequest FastifyReply plugin fp register autoload
  AutoLoad autoPrefix websocket schema dirNameRoutePrefix routeParams
  nestjs common core websockets testing Controller Module Get Post Put Patch Delete Options Head All Sse Version Param Query Body
  Headers Injectable Inject UploadedFile UploadedFiles NestFactory create createMicroservice setGlobalPrefix enableVersioning
  VersioningType URI HEADER MEDIA_TYPE CUSTOM VERSION_NEUTRAL defaultVersion RequestMethod GET POST PUT PATCH DELETE ALL HEAD OPTIONS
  RouterModule children controllers providers forwardRef WebSocketGateway SubscribeMessage namespace INestApplication
  NestExpressApplication NestFastifyApplication platform ParseIntPipe UseGuards HttpCode forRoot forFeature DynamicModule Test
  koa router mount compose combine routes allowedMethods redirect Koa del prefix hono Hono openapi createRoute OpenAPIHono basePath on zod hc
  next api pages route default ALLOW Allow setHeader status
  axios supertest fetch got nock msw http rest setupServer HttpResponse id`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

const TOKEN = /[A-Za-z_$][\w$]*/g;

/** A word of the same kind: `listUsers` → `hOpqzTntqa`-like, stable, never one that is kept. */
function word(token: string): string {
  if (KEPT.has(token) || /^v?\d*$/.test(token) || token.length < 2) return token;
  if (token.endsWith('_test')) return `${word(token.slice(0, -5))}_test`;
  const lead = /^_*/.exec(token)?.[0] ?? '';
  return `${lead}q${[...token.slice(lead.length)].map((letter) => turned(letter)).join('')}z`;
}

function turned(letter: string): string {
  const code = letter.charCodeAt(0);
  if (code >= 97 && code <= 122) return String.fromCharCode(97 + ((code - 97 + 13) % 26));
  if (code >= 65 && code <= 90) return String.fromCharCode(65 + ((code - 65 + 13) % 26));
  return letter;
}

/** Packages keep their names: what is imported from them decides. */
const PACKAGES =
  /(['"])(@nestjs\/[\w-]+|@fastify\/[\w-]+|fastify-plugin|express-promise-router|@koa\/router|koa-[\w-]+|node:\w+|@hono\/[\w-]+)\1/g;

export const renamedPath = (path: string): string => path.replace(TOKEN, word);

/** Every identifier, path segment and file name of a project replaced by another, consistently. */
export function renamed(files: Files): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [renamedPath(path), renamedText(text)]));
}

function renamedText(text: string): string {
  let from = 0;
  let out = '';
  for (const match of text.matchAll(PACKAGES)) {
    out += text.slice(from, match.index).replace(TOKEN, word) + match[0];
    from = match.index + match[0].length;
  }
  return out + text.slice(from).replace(TOKEN, word);
}
