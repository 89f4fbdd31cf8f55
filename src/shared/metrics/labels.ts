/**
 * The closed label sets, as data: shared/ knows no feature, so a spec compares them with the features' own lists. A
 * value outside its set is counted under the last entry, never as a new series.
 */
export const SESSION_STATUS_LABELS = [
  'queued',
  'running',
  'awaiting_plan',
  'awaiting_decision',
  'paused',
  'completed',
  'completed_degraded',
  'failed',
  'cancelled',
] as const;
export type SessionStatusLabel = (typeof SESSION_STATUS_LABELS)[number];

export const NODE_LABELS = [
  'ingest',
  'analyseCode',
  'identifyGaps',
  'research',
  'score',
  'writeDocument',
  'validate',
  'complete',
] as const;
export type NodeLabel = (typeof NODE_LABELS)[number];

/** Kinds of AppError that a node can end with; `unknown` is everything that was not expected. */
export const ERROR_TYPE_LABELS = [
  'unavailable',
  'upstream-timeout',
  'storage-full',
  'invalid',
  'conflict',
  'internal',
  'unknown',
] as const;
export type ErrorTypeLabel = (typeof ERROR_TYPE_LABELS)[number];

export const DOCUMENT_TYPE_LABELS = ['trd', 'adrs'] as const;
export type DocumentTypeLabel = (typeof DOCUMENT_TYPE_LABELS)[number];

/** Languages of analysed files, as linguist names them; `Other` is everything else. */
export const FILE_TYPE_LABELS: readonly string[] = [
  'AsciiDoc',
  'Astro',
  'Batchfile',
  'Bicep',
  'Blade',
  'C',
  'C#',
  'C++',
  'CMake',
  'CSS',
  'CSV',
  'Clojure',
  'Crystal',
  'Dart',
  'Dockerfile',
  'Dotenv',
  'EJS',
  'Elixir',
  'Elm',
  'Erlang',
  'F#',
  'Go',
  'Go Module',
  'Gradle',
  'Gradle Kotlin DSL',
  'GraphQL',
  'Groovy',
  'HCL',
  'HTML',
  'HTML+EEX',
  'HTML+ERB',
  'Handlebars',
  'Haskell',
  'INI',
  'JSON',
  'JSON with Comments',
  'Java',
  'Java Properties',
  'JavaScript',
  'Jinja',
  'Julia',
  'Jupyter Notebook',
  'Kotlin',
  'Less',
  'Lua',
  'MDX',
  'Makefile',
  'Markdown',
  'Maven POM',
  'Mustache',
  'Nim',
  'Nix',
  'OCaml',
  'Objective-C',
  'PHP',
  'PLpgSQL',
  'Perl',
  'Pip Requirements',
  'PowerShell',
  'Prisma',
  'Protocol Buffer',
  'Pug',
  'Python',
  'R',
  'Ruby',
  'Rust',
  'SCSS',
  'SQL',
  'SVG',
  'Sass',
  'Scala',
  'Shell',
  'Solidity',
  'Starlark',
  'Svelte',
  'Swift',
  'TOML',
  'TSX',
  'Text',
  'Thrift',
  'Twig',
  'TypeScript',
  'Visual Basic .NET',
  'Vue',
  'XML',
  'YAML',
  'Zig',
  'reStructuredText',
  'Other',
];

export const ENDPOINT_TYPE_LABELS = ['rest', 'graphql', 'grpc'] as const;
export type EndpointTypeLabel = (typeof ENDPOINT_TYPE_LABELS)[number];

/** The error type of anything thrown: its kind when it has a counted one. */
export function errorTypeOf(thrown: unknown): ErrorTypeLabel {
  const kind = typeof thrown === 'object' && thrown !== null && 'kind' in thrown ? thrown.kind : undefined;
  return ERROR_TYPE_LABELS.find((label) => label === kind) ?? 'unknown';
}
