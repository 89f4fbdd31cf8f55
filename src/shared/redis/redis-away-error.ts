/** Redis is off, away or late. Whoever gets it goes on without Redis; it never reaches a user. */
export class RedisAwayError extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'RedisAwayError';
  }
}
