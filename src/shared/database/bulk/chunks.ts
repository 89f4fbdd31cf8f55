import type { BulkRows } from './bulk.types.js';
import type { BulkChunk, ChunkBuilder } from './chunk-builder.js';

/** Chunks of rows in their order, made when they are asked for; the source is closed when the caller stops early. */
export async function* chunksOf<E>(rows: BulkRows<E>, builder: ChunkBuilder): AsyncGenerator<BulkChunk, void> {
  // A promise for each row of an array would cost more than to write it.
  if (isIterable(rows)) {
    for (const row of rows) {
      builder.add(row);
      if (builder.isFull) yield builder.take();
    }
  } else {
    for await (const row of rows) {
      builder.add(row);
      if (builder.isFull) yield builder.take();
    }
  }
  if (!builder.isEmpty) yield builder.take();
}

function isIterable<T>(rows: Iterable<T> | AsyncIterable<T>): rows is Iterable<T> {
  return Symbol.iterator in rows;
}
