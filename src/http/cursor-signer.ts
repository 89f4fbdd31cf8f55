import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '../shared/errors/app-error.js';
import type { CursorPosition } from './pagination.js';

/** 128 bits: a forged cursor is worth nothing but a strange page of the caller's own rows. */
const SIGNATURE_BYTES = 16;

/**
 * Cursors are opaque, signed and bound to the list they were made for (workspace, filter and sort), so that one can't be
 * edited or carried over to another list.
 */
@Injectable()
export class CursorSigner {
  /** Replaced at the start by the key all processes share. */
  private key: Buffer = randomBytes(32);

  use(key: Buffer): void {
    this.key = key;
  }

  /** @param binding what the list is: workspace, filter and sort, in canonical form */
  seal(position: CursorPosition, binding: string): string {
    const body = Buffer.from(JSON.stringify([position.direction, position.values]));
    return Buffer.concat([this.sign(body, binding), body]).toString('base64url');
  }

  /** @throws AppError malformed for a cursor that is not ours or of another list */
  open(cursor: string, binding: string): CursorPosition {
    const bytes = Buffer.from(cursor, 'base64url');
    const body = bytes.subarray(SIGNATURE_BYTES);
    const signature = bytes.subarray(0, SIGNATURE_BYTES);
    // base64url is decoded leniently: only the canonical text of the bytes is ours.
    if (bytes.toString('base64url') !== cursor || signature.length < SIGNATURE_BYTES) throw notOurs();
    if (!timingSafeEqual(signature, this.sign(body, binding))) throw notOurs();
    const [direction, values] = JSON.parse(body.toString('utf8')) as [CursorPosition['direction'], string[]];
    return { direction, values };
  }

  private sign(body: Buffer, binding: string): Buffer {
    return createHmac('sha256', this.key)
      .update(binding)
      .update('\n')
      .update(body)
      .digest()
      .subarray(0, SIGNATURE_BYTES);
  }
}

function notOurs(): AppError {
  return new AppError(
    'malformed',
    'cursor_not_valid',
    'The cursor belongs to another list, filter or sort, or was changed. Begin again without cursor.',
    { errors: [{ pointer: '?cursor', message: 'is not a cursor of this list' }] },
  );
}
