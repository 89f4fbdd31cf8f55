/** Rules about files and printed things. */
import type { LexiconRule } from './lexicon.types.js';

export const FILE_RULES: readonly LexiconRule[] = [
  {
    id: 'UPLOAD-1',
    words: /\b(?:upload(?:s|ed|ing)?|attach(?:es|ed|ments?)?)\b/iu,
    opens: ['file-storage'],
    meaning: 'files of strangers: type, size and owner are checked',
  },
  {
    id: 'UNIQ-1',
    words: /\bupload[^.;]{0,30}\b(?:ticket|voucher|certificate|licen[cs]e)/iu,
    opens: [],
    meaning: 'the same file may be offered twice',
  },
  { id: 'PDF-1', words: /\bPDFs?\b/u, opens: ['file-storage'], meaning: 'a document format that can carry scripts' },
  {
    id: 'IMAGE-1',
    words: /\b(?:photos?|images?|pictures?|thumbnails?)\b/iu,
    opens: ['file-storage'],
    meaning: 'files that are scaled and carry places in their metadata',
  },
  {
    id: 'VIDEO-1',
    words: /\b(?:videos?|audio|recordings?|stream(?:s|ing) (?:video|audio))\b/iu,
    opens: ['file-storage'],
    meaning: 'large files: parts, resuming, conversion',
  },
  {
    id: 'LABEL-1',
    words: /\b(?:shipping labels?|labels?|print(?:s|ed|er|ers)?|barcodes?|QR codes?)\b/iu,
    opens: [],
    meaning: 'a thing made once in the physical world',
  },
  {
    id: 'VIRUS-1',
    words: /\b(?:virus(?:es)?|malware|scanned for)\b/iu,
    opens: [],
    meaning: 'a check before anybody opens the file',
  },
  {
    id: 'SIGNATURE-1',
    words: /\b(?:signatures?|e-sign|signed documents?)\b/iu,
    opens: [],
    meaning: 'proof of who and when',
  },
];
