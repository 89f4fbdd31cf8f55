import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../shared/errors/app-error.js';
import { parseJsonBody } from './json-body.js';

/** A boundary, headers of a part and what else surrounds a file in a form. */
const FRAME_BYTES = 16 * 1024;
const FORM = /^multipart\/form-data\s*(?:;|$)/i;

/** What came: the bytes of the part `file` of a form, or a JSON value. */
export type UploadedBody =
  { readonly kind: 'file'; readonly bytes: Buffer } | { readonly kind: 'json'; readonly value: unknown };

/**
 * Reads the body of an `@Upload()` route; its handler calls it, after the guards. Never more than the limit is held.
 * @param limit bytes of the file, or of the JSON
 * @param tooLarge what a larger one is refused with
 * @throws AppError 400 for a form that is none, 413, 422 where the part `file` is missing or there is more than that
 */
export async function readUpload(reply: FastifyReply, limit: number, tooLarge: () => AppError): Promise<UploadedBody> {
  const { request } = reply;
  try {
    if (Number(request.headers['content-length'] ?? 0) > limit + FRAME_BYTES) throw tooLarge();
    if (FORM.test(request.headers['content-type'] ?? ''))
      return { kind: 'file', bytes: await fileOf(request, limit, tooLarge) };
    return { kind: 'json', value: parseJsonBody(await bytesOf(request.raw, limit, tooLarge)) };
  } catch (error) {
    // More of the body may come: it is not read, so the connection can't be used again.
    void reply.header('connection', 'close');
    throw error;
  }
}

async function bytesOf(stream: AsyncIterable<Buffer>, limit: number, tooLarge: () => AppError): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

async function fileOf(request: FastifyRequest, limit: number, tooLarge: () => AppError): Promise<Buffer> {
  let file: Buffer | undefined;
  try {
    // One byte more than is allowed shows that there is more.
    const limits = { fileSize: limit + 1, files: 1, fields: 0, parts: 1, headerPairs: 20 };
    for await (const part of request.parts({ limits })) {
      if (part.type !== 'file' || part.fieldname !== 'file') throw otherParts();
      file = await bytesOf(part.file, limit, tooLarge);
    }
  } catch (error) {
    throw error instanceof AppError ? error : formError(error);
  }
  if (file === undefined) throw otherParts();
  return file;
}

/** What the parser of forms throws, by its codes. */
function formError(error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (/^FST_(?:PARTS|FILES|FIELDS)_LIMIT$/.test(code)) return otherParts();
  if (code === 'ECONNRESET') return error;
  return new AppError(
    'malformed',
    'malformed_form',
    'The body is no multipart form, or ends before its last boundary.',
    { cause: error },
  );
}

function otherParts(): AppError {
  return new AppError('invalid', 'form_parts_invalid', 'Send one part, a file named "file".', {
    errors: [{ pointer: '/file', message: 'must be the one part of the form, with a filename' }],
  });
}
