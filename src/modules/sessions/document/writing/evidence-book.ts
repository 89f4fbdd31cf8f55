/** Numbers the evidence (E-01 …) and collects every claim with its citation while the sections are written. */
import type {
  Citation,
  EvidencePiece,
  PackageRecord,
  ResearchedOption,
  Sha256,
} from '../../../research/research.types.js';
import { compareText } from '../canonical.js';
import type { Claim, EvidenceRow } from '../document.types.js';

const SOURCE_ORDER: readonly EvidencePiece['source'][] = [
  'brief',
  'registry',
  'dataset',
  'code',
  'page',
  'search',
  'computed',
];

type Subject = Claim['subject'];

/** Escapes a name for use in a JSON pointer (RFC 6901): `~` → `~0`, `/` → `~1`. */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/**
 * Ids depend on the pieces alone: sorted by source, title and hash, the brief first. Records of options are found by their
 * subject, so a section can cite a field of a record without carrying its hash around.
 */
export class EvidenceBook {
  private readonly ids = new Map<Sha256, string>();
  private readonly records = new Map<string, EvidencePiece>();
  private readonly drafts: Omit<Claim, 'id'>[] = [];

  constructor(
    private readonly pieces: ReadonlyMap<Sha256, EvidencePiece>,
    cited: Iterable<Sha256>,
  ) {
    const hashes = [...new Set(cited)].sort((a, b) => compareText(this.orderOf(a), this.orderOf(b)));
    hashes.forEach((hash, index) => this.ids.set(hash, `E-${String(index + 1).padStart(2, '0')}`));
    for (const piece of [...pieces.values()].sort((a, b) => compareText(a.sha256, b.sha256))) {
      if (piece.source !== 'registry' || !piece.subject || !piece.title.startsWith('record ')) continue;
      this.records.set(`${piece.subject.name}@${piece.subject.version}`, piece);
    }
  }

  private orderOf(hash: Sha256): string {
    const piece = this.pieces.get(hash);
    const source = piece ? SOURCE_ORDER.indexOf(piece.source) : SOURCE_ORDER.length;
    return `${source} ${piece?.title ?? ''} ${hash}`;
  }

  /** `E-02`, or undefined for a piece the document does not number. */
  idOf(hash: Sha256): string | undefined {
    return this.ids.get(hash);
  }

  /** Ids of what a fact rests on, without the hashes in `known`: `E-31, E-33`, or an empty text. */
  marks(citations: readonly Citation[], known: readonly Sha256[] = []): string {
    const ids = citations
      .filter((citation) => !known.includes(citation.evidence))
      .flatMap((citation) => this.idOf(citation.evidence) ?? []);
    return [...new Set(ids)].sort(compareText).join(', ');
  }

  /** The stored record an option was judged by. */
  recordOf(option: Pick<ResearchedOption, 'record'>): EvidencePiece | undefined {
    return option.record && this.records.get(`${option.record.name}@${option.record.version}`);
  }

  pieceTitled(prefix: string): EvidencePiece | undefined {
    return [...this.pieces.values()]
      .filter((piece) => piece.title.startsWith(prefix))
      .sort((a, b) => compareText(a.sha256, b.sha256))[0];
  }

  claim(section: string, text: string, citation: Citation, subject?: Subject): void {
    this.drafts.push({ text, section, citation, ...(subject ? { subject } : {}) });
  }

  /** Claims a field of an option's record: `/dependencies/pg` = `^8.23.1`. Nothing is claimed when the record is not stored. */
  claimField(section: string, record: PackageRecord, path: readonly string[], value: string): void {
    const piece = this.records.get(`${record.name}@${record.version}`);
    if (!piece) return;
    const pointer = path.map((part) => `/${pointerPart(part)}`).join('');
    const subject = { name: record.name, version: record.version };
    const text = `${record.name} ${record.version}: ${path.join(' ')} is ${value}`;
    this.claim(section, text, { evidence: piece.sha256, pointer, value }, subject);
  }

  /** All claims in the order of the document, each said once, with their ids. */
  claims(): Claim[] {
    const seen = new Set<string>();
    const once = this.drafts.filter((draft) => {
      const key = keyOf(draft);
      return seen.has(key) ? false : seen.add(key);
    });
    const bySection = once
      .map((draft, index) => ({ draft, index }))
      .sort((a, b) => sectionNumber(a.draft.section) - sectionNumber(b.draft.section) || a.index - b.index);
    return bySection.map(({ draft }, index) => ({ id: `CL-${index + 1}`, ...draft }));
  }

  /** Section 11: one row a piece, with what it supports. */
  rows(claims: readonly Claim[]): EvidenceRow[] {
    const byPiece = new Map<Sha256, Claim[]>();
    for (const claim of claims) {
      const supported = byPiece.get(claim.citation.evidence);
      if (supported) supported.push(claim);
      else byPiece.set(claim.citation.evidence, [claim]);
    }
    return [...this.ids].flatMap(([sha256, id]) => {
      const supports = supportTexts(byPiece.get(sha256) ?? []);
      if (supports.length === 0) return [];
      const piece = this.pieces.get(sha256);
      return [{ id, sha256, source: piece?.title ?? 'removed', supports, ...(piece ? {} : { removed: true }) }];
    });
  }
}

/** Equal for claims that say the same: NUL is in no text that PostgreSQL has stored. */
function keyOf({ section, text, citation }: Pick<Claim, 'section' | 'text' | 'citation'>): string {
  const place =
    'quote' in citation ? ['quote', citation.quote] : [citation.pointer, typeof citation.value, citation.value];
  return [section, text, citation.evidence, ...place].join('\0');
}

/** `5.2` → 5.02, so that `5.10` comes after `5.9`. */
function sectionNumber(section: string): number {
  const [whole = '0', part = '0'] = section.split('.');
  return Number(whole) + Number(part) / 100;
}

/** Many entries of one list (the dependencies counted by C3) are named by their number: each is a claim of its own in the JSON. */
const MOST_LISTED = 4;

function supportTexts(claims: readonly Claim[]): string[] {
  const counted = claims.filter((claim) => 'pointer' in claim.citation && /: C3 is /.test(claim.text));
  const others = claims.filter((claim) => !counted.includes(claim));
  const texts = [...new Set([...others, ...(counted.length > MOST_LISTED ? [] : counted)].map(supportText))];
  return counted.length > MOST_LISTED
    ? [...texts, `${counted.length} entries of its dependencies and peers (C3)`]
    : texts;
}

function supportText(claim: Claim): string {
  const { citation } = claim;
  if ('quote' in citation) return `"${citation.quote}"`;
  const value = typeof citation.value === 'string' ? citation.value : JSON.stringify(citation.value);
  return `${citation.pointer === '' ? '(whole)' : citation.pointer} = ${value}`;
}
