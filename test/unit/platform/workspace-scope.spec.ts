import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..', '..', '..');

/** Methods of repositories that touch rows without a scope, and why they may. */
const WITHOUT_SCOPE: Readonly<Record<string, string>> = {
  'WorkspacesRepository.add': 'makes what a scope is made of',
  'WorkspacesRepository.find': 'its one caller compares the id with the caller’s workspace',
  'WorkspacesRepository.list': 'for admins of the installation; others name their own',
  'WorkspacesRepository.count': 'the same',
  'IdentityRepository.keyById': 'makes what a scope is made of',
  'IdentityRepository.transaction': 'no rows',
  'IdentityRepository.reachableWorkspaceIds': 'for work that no caller asked for',
  'AuditRepository.add': 'the record carries it',
  'AuditRepository.makeMonths': 'no rows',
  'IdentityRepository.installedAt': 'one time of the installation',
  'SessionsRepository.countByStatus': 'numbers for the metrics',
  'SessionsRepository.idleActive': 'the reconciler of the worker',
  'SessionStatisticsRepository.compact': 'folds sums that are there already',
  'CostsRepository.compact': 'the same',
  'JobsRepository.silent': 'the reaper of the worker',
  'JobsRepository.removeFinished': 'retention',
  'IdempotencyRepository.sweep': 'retention',
  'CodeRetentionRepository.*': 'retention',
  'InstancesRepository.*': 'processes belong to no workspace',
  'WorkflowRepository.*': 'processes and locks belong to no workspace',
};

interface Method {
  readonly name: string;
  readonly takesScope: boolean;
}

function methodsOf(path: string): Method[] {
  const methods: Method[] = [];
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  file.forEachChild((node) => {
    if (!ts.isClassDeclaration(node)) return;
    for (const member of node.members) {
      if (!ts.isMethodDeclaration(member)) continue;
      if (member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) continue;
      const takesScope = member.parameters.some(({ type }) => /\bWorkspaceScope\b/.test(type?.getText() ?? ''));
      methods.push({ name: `${node.name?.text}.${member.name.getText()}`, takesScope });
    }
  });
  return methods;
}

function repositories(folder = join(ROOT, 'src')): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.repository.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('a repository is reached with a scope alone', () => {
  const methods = repositories().flatMap(methodsOf);
  const isListed = (name: string) => name in WITHOUT_SCOPE || `${name.split('.')[0]}.*` in WITHOUT_SCOPE;

  it('takes a WorkspaceScope in each method that is not listed with its reason', () => {
    expect(methods.length).toBeGreaterThan(60);
    expect(methods.filter(({ name, takesScope }) => !takesScope && !isListed(name)).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it('lists nothing that is not there or has a scope by now', () => {
    const open = new Set(methods.filter(({ takesScope }) => !takesScope).map(({ name }) => name));
    const stale = Object.keys(WITHOUT_SCOPE).filter((name) =>
      name.endsWith('.*') ? ![...open].some((one) => one.startsWith(name.slice(0, -1))) : !open.has(name),
    );
    expect(stale).toEqual([]);
  });

  it('does not compile with anything but a scope that was minted', () => {
    const folder = mkdtempSync(join(tmpdir(), 'techspec-scope-'));
    const file = join(folder, 'planted.ts');
    try {
      writeFileSync(
        file,
        [
          `import type { WorkspaceScope } from '${join(ROOT, 'src/shared/database/workspace-scope.js')}';`,
          `declare function list(scope: WorkspaceScope): void;`,
          `list({ workspaceId: '00000000-0000-7000-8000-000000000001' });`,
          `list('00000000-0000-7000-8000-000000000001');`,
          `list(undefined);`,
          `// @ts-expect-error without a scope`,
          `list();`,
        ].join('\n'),
      );
      expect(compile(file)).toEqual([3, 4, 5]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** @returns lines with an error */
function compile(file: string): number[] {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = '--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --target es2022'.split(' ');
  try {
    execFileSync(process.execPath, [tsc, ...options, file], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return [];
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return [...stdout.matchAll(/planted\.ts\((\d+),/g)].map(([, line]) => Number(line));
  }
}
