export const HELP = `techspec: from a project brief to a researched, scored and cited technical requirements document

  techspec run BRIEF.md [--code DIR] [--out FILE] [--format md|json|html] [--ask]
      Does the main job and writes the document to FILE, or to the standard output. Progress goes to the standard error.
      --code DIR   read the manifests of a code base too
      --ask        show the plan and each open decision, and wait for an answer
  techspec analyze DIR [--format json|table]
  techspec analyze --batch FILE
      Says what a code base is made of and which endpoints it offers. Starts no database.
      --batch FILE  analyses each folder that FILE lists, one a line, and prints one JSON line for each
  techspec doctor
      Says what is configured, reachable and missing, and what to do.
  techspec migrate
      Brings the database's schema up to date.
  techspec help | --version

  In a clone of the repository: npm run --silent techspec -- run docs/examples/web-shop-orders.md
  Settings come from the environment: see .env.example. Exit code 0: done; 1: failed; 2: wrong use or bad input.
`;

/** Wrong use of the command line or bad input: one clear line on the standard error, exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export const out = (text: string): void => {
  process.stdout.write(text);
};
export const progress = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
