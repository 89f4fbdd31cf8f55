import { compress, type ContentCoding } from './compressor.js';

/** One body in the content codings it was asked for in: each is made once, also for callers at the same time. */
export class CodedForms {
  private readonly forms = new Map<ContentCoding, Promise<Buffer>>();

  /**
   * @param body the same bytes or text at each call
   * @throws Error of the coder; the next call tries again
   */
  of(body: Buffer | string, coding: ContentCoding): Promise<Buffer> {
    const known = this.forms.get(coding);
    if (known !== undefined) return known;
    const form = compress(typeof body === 'string' ? Buffer.from(body, 'utf8') : body, coding);
    this.forms.set(coding, form);
    form.catch(() => this.forms.delete(coding));
    return form;
  }
}
