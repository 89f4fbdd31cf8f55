import { createInterface } from 'node:readline/promises';

/** Asks a person at the terminal; the questions go to the standard error, since the standard output may be the document. */
export class Questions {
  private readonly lines = createInterface({ input: process.stdin, output: process.stderr });
  private readonly answers = this.lines[Symbol.asyncIterator]();

  /** The answer, trimmed; undefined when the input has ended. */
  async ask(question: string): Promise<string | undefined> {
    process.stderr.write(`${question} `);
    const { value, done } = await this.answers.next();
    return done ? undefined : value.trim();
  }

  close(): void {
    this.lines.close();
  }
}
