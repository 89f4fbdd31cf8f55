const SPECIFIER = /\b(?:from|import|require)\s*(?:\(\s*)?(?:'([^'\n]{1,200})'|"([^"\n]{1,200})")/g;

/** Module specifiers of a JavaScript or TypeScript text, found without parsing it; some may stand in comments. */
export const importsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(SPECIFIER)].map((match) => match[1] ?? match[2] ?? '')),
];
