/** Statements without their values. Pure. */
import { createHash } from 'node:crypto';
import { normaliseSql } from './normalise-sql.js';

/** What a statement does; a closed set, so that metrics may be labelled with it. */
export const QUERY_OPERATIONS = ['select', 'insert', 'update', 'delete', 'other'] as const;
export type QueryOperation = (typeof QUERY_OPERATIONS)[number];

/** What statements have in common that differ only in values, white space or the length of their lists. */
export interface QueryShape {
  /** 12 hexadecimal digits, the same in every process that writes the statement so. */
  readonly id: string;
  /** `SELECT name FROM sessions WHERE id IN (…) LIMIT ?`; at most 4,000 characters. */
  readonly text: string;
  /** Of `WITH … INSERT` it is insert. */
  readonly operation: QueryOperation;
  /** Whether `EXPLAIN` takes it: one statement about rows. */
  readonly isExplainable: boolean;
}

/** @param sql a statement as it was sent; any text has a shape */
export function shapeOf(sql: string): QueryShape {
  const text = normaliseSql(sql);
  const operation = operationOf(text);
  return {
    id: createHash('sha256').update(text).digest('hex').slice(0, 12),
    text,
    operation,
    // In texts a semicolon is replaced with them, so one that is left stands between two statements.
    isExplainable: operation !== 'other' && !text.includes(';') && !text.endsWith('…'),
  };
}

const WORDS_AND_BRACKETS = /[a-z_]+|[()]/gi;

/** The first verb outside of brackets: what stands before it are the parts of a WITH. */
function operationOf(text: string): QueryOperation {
  let depth = 0;
  let isFirst = true;
  for (const [token] of text.matchAll(WORDS_AND_BRACKETS)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else {
      const word = token.toLowerCase();
      const verb = depth === 0 ? QUERY_OPERATIONS.find((one) => one === word && one !== 'other') : undefined;
      if (verb !== undefined) return verb;
      if (isFirst && word !== 'with') return 'other';
      isFirst = false;
    }
  }
  return 'other';
}
