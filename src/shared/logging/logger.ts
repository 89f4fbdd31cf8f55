import { pino, type DestinationStream, type LevelWithSilent, type Logger as PinoLogger } from 'pino';
import type { LogConfig, LogLevel } from '../../config/config.js';
import { currentRequest } from './request-context.js';
import { toldError } from './told-error.js';

const VALUES: Readonly<Record<LogLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Infinity,
};

/** The framework's tale of its own start is for those who ask for it. */
const QUIET_BY_DEFAULT: Readonly<Record<string, LogLevel>> = {
  instanceloader: 'warn',
  routesresolver: 'warn',
  routerexplorer: 'warn',
  nestfactory: 'warn',
  legacyrouteconverter: 'warn',
  // A start that fails is told in one line by the entry point.
  exceptionhandler: 'silent',
  nestapplication: 'silent',
};

/** Where a logger, and those derived from it, tell the least level that a component writes. */
const THRESHOLD = Symbol('techspec:threshold');

interface OwnLogger {
  readonly [THRESHOLD]?: (context: string) => number;
  readonly [pino.symbols.streamSym]: DestinationStream;
}

/**
 * The one logger: JSON lines on standard error (standard output belongs to the banner and the command line), each
 * with the request id it was written for. A component is the lower-cased start of a logger's context:
 * `LOG_LEVEL_SESSIONS=debug` opens `SessionsService` and `SessionsController`; the longest match wins.
 */
export function createLogger(config: LogConfig, destination: DestinationStream = standardError()): PinoLogger {
  const components = { ...QUIET_BY_DEFAULT, ...config.components };
  const levels = new Map<string, number>();
  const threshold = (context: string): number => {
    const known = levels.get(context);
    if (known !== undefined) return known;
    const value = VALUES[levelOf(context, components) ?? config.level];
    levels.set(context, value);
    return value;
  };
  const logger = pino(
    {
      level: lowest([config.level, ...Object.values(config.components)]),
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (line) => ('err' in line ? { ...line, err: toldError(line.err) } : line),
      },
      redact: { paths: SECRETS, censor: '[redacted]' },
      mixin: () => {
        const facts = currentRequest();
        return facts ? { requestId: facts.requestId } : {};
      },
      hooks: {
        logMethod(args, method, level) {
          const first: unknown = args[0];
          const context = typeof first === 'object' && first !== null && 'context' in first ? first.context : '';
          if (level >= threshold(typeof context === 'string' ? context : '')) method.apply(this, args);
        },
      },
    },
    destination,
  );
  return Object.assign(logger, { [THRESHOLD]: threshold });
}

/** Written in the call: a write of its own thread costs several times as much, and loses its lines when the process dies. */
const standardError = () => pino.destination({ dest: 2, sync: true });

/** Those that have lines to write; whoever ends the process in the middle of a turn still gets them written. */
const waiting = new Set<LineWriter>();
process.on('exit', () => {
  for (const writer of waiting) writer.flush();
});

/**
 * Writes lines of one component and level past the logger's serializing and redaction, which cost several times the rest:
 * for a line that every request writes and whose fields are all chosen by code, none of them a text of a caller. The lines
 * of one turn of the event loop are written at its end, together.
 */
export class LineWriter {
  readonly enabled: boolean;
  private readonly head: string;
  private readonly stream: DestinationStream;
  private lines = '';

  /** @param logger one of `createLogger`, or derived from it; the lines go where its lines go, and its levels hold */
  constructor(logger: object, level: Exclude<LogLevel, 'silent'>, context: string) {
    const { [THRESHOLD]: threshold, [pino.symbols.streamSym]: stream } = logger as OwnLogger;
    if (!threshold) throw new Error('not a logger of createLogger');
    this.enabled = VALUES[level] >= threshold(context);
    this.head = `{"level":"${level}","time":"`;
    this.stream = stream;
  }

  /**
   * Writes nothing when the component's level is higher.
   * @param atMs milliseconds since 1970
   * @param fields at least one, as the inside of a JSON object: `"a":1,"b":2`
   */
  write(atMs: number, fields: string, message: string): void {
    if (!this.enabled) return;
    if (this.lines === '') {
      waiting.add(this);
      setImmediate(() => this.flush());
    }
    this.lines += `${this.head}${isoTime(atMs)}",${fields},"msg":"${message}"}\n`;
  }

  flush(): void {
    waiting.delete(this);
    if (this.lines !== '') this.stream.write(this.lines);
    this.lines = '';
  }
}

let isoSecond = NaN;
let isoHead = '';

/** `toISOString` of a moment; all but the milliseconds is the same for a second. */
function isoTime(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  if (second !== isoSecond) {
    isoHead = new Date(second * 1000).toISOString().slice(0, -4);
    isoSecond = second;
  }
  return `${isoHead}${String(Math.floor(atMs) - second * 1000).padStart(3, '0')}Z`;
}

/** Where a secret could stand when somebody logs a request or a configuration by mistake: up to two objects deep. */
const SECRETS = ['authorization', 'x-api-key', 'cookie', 'apiKey', 'token', 'password', 'secret'].flatMap((name) =>
  ['', '*', '*.*'].map((place) => `${place}["${name}"]`),
);

function levelOf(context: string, components: Readonly<Record<string, LogLevel>>): LogLevel | undefined {
  const name = context.toLowerCase();
  const match = Object.keys(components)
    .filter((component) => name.startsWith(component))
    .sort((a, b) => b.length - a.length)[0];
  return match === undefined ? undefined : components[match];
}

function lowest(levels: readonly LogLevel[]): LevelWithSilent {
  return levels.reduce((low, level) => (VALUES[level] < VALUES[low] ? level : low));
}
