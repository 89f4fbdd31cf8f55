/** Folders of tests and doubles, of any language. */
const FOLDERS =
  /(^|\/)(__tests__|__mocks__|__fixtures__|tests?|spec|specs|e2e|mocks|cypress|playwright|testdata|test-?utils?|testing|androidTest|stories)\//i;
const NAMES =
  /(^|\/)(test_[^/]+\.py|conftest\.py|[^/]+_test\.(py|go|rb|exs?)|[^/]+_spec\.rb|[^/]+[.-](test|tests|spec|e2e|e2e-spec|cy|stories|story|mock|bench)\.[cm]?[jt]sx?|[^/]+(Test|Tests|IT|Spec)\.(java|kt|groovy|scala|cs|php)|(jest|vitest|karma|playwright|cypress)\.[\w.-]*[jt]s)$/;

/** Whether a file tests the program or stands in for a part of it: what it serves, the program does not. */
export const isTestFile = (path: string): boolean => FOLDERS.test(path) || NAMES.test(path);
