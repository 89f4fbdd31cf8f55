const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;

const isOpening = (byte: number) => byte === 0x7b || byte === 0x5b;
const isClosing = (byte: number) => byte === 0x7d || byte === 0x5d;

/** Keys of the first two levels are paths; what is deeper belongs to a value. */
const DEEPEST_KEY = 2;

/**
 * Walks over JSON bytes as they arrive and hands out the raw bytes of chosen members of the first two levels; everything
 * else is passed over without being kept. It does not check the JSON: what it hands out is parsed by the caller.
 */
class MemberScanner {
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** Whether a string at this place would be a key. */
  private atKey = false;
  private key: number[] | undefined;
  private readonly path: string[] = [];
  /** Bytes of the member that is being kept; its end is seen at the depth where it began. */
  private kept: Buffer[] | undefined;
  private keptDepth = 0;
  private keptFrom = 0;

  constructor(
    private readonly wants: (path: readonly string[]) => boolean,
    private readonly take: (path: readonly string[], bytes: Buffer) => void,
  ) {}

  read(chunk: Buffer): void {
    this.keptFrom = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.inString) this.insideString(byte);
      else this.outsideString(byte, chunk, at);
    }
    this.kept?.push(Buffer.from(chunk.subarray(this.keptFrom)));
  }

  private insideString(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) {
      this.inString = false;
      return;
    }
    this.key?.push(byte);
  }

  private outsideString(byte: number, chunk: Buffer, at: number): void {
    if (byte === QUOTE) this.beginString();
    else if (byte === COLON) this.beginValue(at);
    else if (byte === COMMA) {
      this.endMember(chunk, at);
      this.atKey = true;
    } else if (isOpening(byte)) {
      this.depth += 1;
      this.atKey = byte === 0x7b;
    } else if (isClosing(byte)) {
      this.endMember(chunk, at);
      this.depth -= 1;
    }
  }

  private beginString(): void {
    this.inString = true;
    this.key = this.atKey && this.depth <= DEEPEST_KEY && this.kept === undefined ? [] : undefined;
  }

  private beginValue(at: number): void {
    this.atKey = false;
    if (this.key === undefined || this.depth < 1) return;
    this.path.length = this.depth - 1;
    this.path.push(keyOf(this.key));
    this.key = undefined;
    if (!this.wants(this.path)) return;
    this.kept = [];
    this.keptDepth = this.depth;
    this.keptFrom = at + 1;
  }

  private endMember(chunk: Buffer, at: number): void {
    if (this.kept === undefined || this.depth !== this.keptDepth) return;
    this.kept.push(chunk.subarray(this.keptFrom, at));
    const bytes = Buffer.concat(this.kept);
    this.kept = undefined;
    this.take([...this.path], bytes);
  }
}

function keyOf(bytes: readonly number[]): string {
  try {
    return String(JSON.parse(`"${Buffer.from(bytes).toString('utf8')}"`));
  } catch {
    return '';
  }
}

/**
 * The record of one version, or of what a tag names, out of a package's full record (up to 50 MB), keeping no more than
 * the tags and that version. Records put `dist-tags` first; where they do not, versions are kept as bytes until it comes.
 * @returns undefined when the record has no such version
 * @throws SyntaxError when the part that counts is not JSON, or nothing of a record is there
 */
export async function versionOfFullRecord(body: AsyncIterable<Buffer>, wanted: string): Promise<unknown> {
  let version: string | undefined;
  const versions = new Map<string, Buffer>();
  const scanner = new MemberScanner(
    (path) => {
      if (path.length === 1) return path[0] === 'dist-tags';
      return path[0] === 'versions' && (version === undefined || path[1] === version);
    },
    (path, bytes) => {
      if (path[1] !== undefined) versions.set(path[1], bytes);
      else version = tagged(bytes, wanted);
    },
  );
  for await (const chunk of body) {
    scanner.read(chunk);
    const found = version === undefined ? undefined : versions.get(version);
    if (found !== undefined) return JSON.parse(found.toString('utf8')) as unknown;
  }
  // Neither tags nor versions: whatever came, it is no package record, and nothing may be concluded from it.
  if (version === undefined && versions.size === 0) throw new SyntaxError('not a package record');
  const found = versions.get(version ?? wanted);
  return found === undefined ? undefined : (JSON.parse(found.toString('utf8')) as unknown);
}

/** What the tag names; a wanted name that is no tag is taken as the version itself. */
function tagged(bytes: Buffer, wanted: string): string {
  const tags: unknown = JSON.parse(bytes.toString('utf8'));
  const isMap = typeof tags === 'object' && tags !== null && Object.hasOwn(tags, wanted);
  const version: unknown = isMap ? (tags as Record<string, unknown>)[wanted] : undefined;
  return typeof version === 'string' ? version : wanted;
}
