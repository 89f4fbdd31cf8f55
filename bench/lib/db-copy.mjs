import { once } from 'node:events';

/** Rows are sent in pieces of about this size, as they would come from a file. */
const PIECE_BYTES = 64 * 1024;

/** COPY … FROM STDIN of text that lies ready: a statement of pg's that sends and reads nothing else. */
export class CopyIn {
  #ended = Promise.withResolvers?.() ?? withResolvers();

  constructor(text, pieces) {
    this.text = text;
    this.pieces = pieces;
    this.callback = (error) => (error ? this.#ended.reject(error) : this.#ended.resolve());
  }

  get ended() {
    return this.#ended.promise;
  }

  submit(connection) {
    connection.query(this.text);
  }

  async handleCopyInResponse(connection) {
    for (const piece of this.pieces) {
      connection.sendCopyFromChunk(piece);
      if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
    }
    connection.endCopyFrom();
  }

  handleCommandComplete() {}

  handleReadyForQuery() {
    this.callback();
  }

  handleError(error) {
    this.callback(error);
  }
}

/** @returns when all of it is committed */
export async function copyIn(client, table, columns, pieces) {
  const copy = new CopyIn(`COPY ${table} (${columns.join(', ')}) FROM STDIN`, pieces);
  client.query(copy);
  await copy.ended;
}

/**
 * Rows in COPY's text format, encoded before anything is measured.
 * @param valuesOf row → one value for each column: null, text, a number, a Date, or an object that is JSON
 */
export function copyPieces(rows, valuesOf) {
  const pieces = [];
  let lines = [];
  let length = 0;
  const close = () => {
    if (length > 0) pieces.push(Buffer.from(lines.join('')));
    lines = [];
    length = 0;
  };
  for (const row of rows) {
    const line = `${valuesOf(row).map(field).join('\t')}\n`;
    lines.push(line);
    length += line.length;
    if (length >= PIECE_BYTES) close();
  }
  close();
  return pieces;
}

function field(value) {
  if (value === null || value === undefined) return '\\N';
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character]);
}

const ESCAPES = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}
