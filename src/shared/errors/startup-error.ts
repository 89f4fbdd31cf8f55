/** Why the program can't start, in one line that says what to do; printed without a stack, exit code 1. */
export class StartupError extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'StartupError';
  }
}
