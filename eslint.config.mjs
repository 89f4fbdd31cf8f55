import tseslint from 'typescript-eslint';

/** What a barrel, a god service or a hidden setting looks like: each message says what to do instead. */
const restricted = [
  {
    selector: 'ExportDefaultDeclaration',
    message: 'Export by name: a default export can be renamed by every importer.',
  },
  {
    selector: 'CallExpression[callee.name="forwardRef"]',
    message: 'A cycle between providers: move what both need one level down.',
  },
  {
    selector: 'Decorator[expression.callee.name="Global"]',
    message: 'Import the module where it is used; only the configuration is global.',
  },
  {
    selector: 'MemberExpression[object.name="AbortSignal"][property.name="timeout"]',
    message:
      'Node 20 loses it to the garbage collector inside AbortSignal.any: use abortWithin or a timer of your own.',
  },
  { selector: 'ExportAllDeclaration', message: 'No barrels: import the file that defines it.' },
];
const environment = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Only src/config reads the environment: add a setting to its schema.',
};

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', 'test/fixtures/**'] },
  {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { sourceType: 'module' } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/max-params': ['error', { max: 5 }],
      'no-console': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
      complexity: ['error', 10],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50 }],
      'no-restricted-syntax': ['error', ...restricted, environment],
    },
  },
  {
    files: ['**/index.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program', message: 'No barrels: name the file after what it holds.' },
      ],
    },
  },
  { files: ['src/config/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...restricted] } },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': ['error', ...restricted],
    },
  },
);
