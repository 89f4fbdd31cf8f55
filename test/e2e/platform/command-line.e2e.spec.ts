import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../support/project-root.js';
import { runProgram, type ProgramRun } from '../../support/program.js';
import { releaseOf, type Release } from '../../support/service.js';

const GOOD = '# Library\n\nProject type: web service\n\n- Readers borrow 200 books an hour.\n';
const FILES: Readonly<Record<string, string | Buffer>> = {
  'good.md': GOOD,
  'empty.md': '',
  'blank.md': ' \n\n\t\n',
  'nonsense.md': '!!! 123 ---\n',
  'gibberish.md': 'asdf qwer zxcv\n',
  'untyped.md': GOOD.replace('web service', 'something or other'),
  'latin1.md': Buffer.from(`${GOOD}- Sch\xf6n.\n`, 'latin1'),
  'huge.md': `${GOOD}${'- one more wish\n'.repeat(17_000)}`,
  'contradictory.md': `${GOOD}\n## Constraints\n\n- pinned: cache = Redis\n- forbidden: Redis\n`,
};

describe('the command line', () => {
  let release: Release;
  let folder: string;

  beforeAll(() => {
    release = releaseOf();
    folder = mkdtempSync(join(tmpdir(), 'techspec-cli-'));
    mkdirSync(join(folder, 'folder'));
    for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
  }, 60_000);

  afterAll(() => {
    release.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** In the folder of the files above; a database, if one is started, would lie in `data`. */
  const run = (args: readonly string[]): Promise<ProgramRun> =>
    runProgram(release, 'cli', { args, cwd: folder, env: { TECHSPEC_DATA: join(folder, 'data') } });

  it.each<[readonly string[], RegExp]>([
    [['bogus'], /^there is no command "bogus" \(techspec help\)$/],
    [['constructor'], /^there is no command "constructor" \(techspec help\)$/],
    [['--bogus'], /^Unknown option '--bogus' \(techspec help\)$/],
    [['run', 'good.md', '--out'], /^Option '--out <value>' argument missing \(techspec help\)$/],
    [['run', 'good.md', 'more.md'], /^too many arguments: more\.md \(techspec help\)$/],
    [['run'], /^run needs a brief: techspec run BRIEF\.md/],
    [['run', 'absent.md'], /^absent\.md is not a file$/],
    [['run', 'folder'], /^folder is not a file$/],
    [['run', 'empty.md'], /^empty\.md: .*the file is empty; write what is to be built\.$/],
    [['run', 'blank.md'], /^blank\.md: .*the file is empty; write what is to be built\.$/],
    [['run', 'nonsense.md'], /^nonsense\.md: .*the name must contain.*the project type must.*no requirement in words/],
    [['run', 'gibberish.md'], /^gibberish\.md: .*must say what it is, with one of these words: .*\bservice\b/],
    [['run', 'untyped.md'], /^untyped\.md: brief\/projectType: must say what it is, with one of these words: /],
    [['run', 'latin1.md'], /^latin1\.md: The brief is not UTF-8 text; save it as UTF-8\.$/],
    [['run', 'huge.md'], /^huge\.md: .*the file has \d{6} bytes; at most 262144 are allowed\.$/],
    [['run', 'contradictory.md'], /^contradictory\.md: .*Redis is pinned and forbidden; remove one of the two\.$/],
    [['run', 'good.md', '--code', 'absent'], /^--code absent is not a folder$/],
    [['run', 'good.md', '--code', 'empty.md'], /^--code empty\.md is not a folder$/],
    [['run', 'good.md', '--format', 'pdf'], /^--format must be md, json or html, not "pdf"$/],
    [['run', 'good.md', '--out', 'absent/trd.md'], /^--out absent\/trd\.md: the folder \S+absent does not exist$/],
    [['run', 'good.md', '--out', 'empty.md/trd.md'], /^--out empty\.md\/trd\.md: the folder \S+ does not exist$/],
    [['run', 'good.md', '--out', 'folder'], /^--out folder is a folder: name a file in it$/],
    [['run', 'good.md', '--out', '/proc/trd.md'], /^--out \/proc\/trd\.md can't be written \(\w+\)$/],
    [['analyze'], /^analyze needs a folder: techspec analyze DIR$/],
    [['analyze', 'empty.md'], /^empty\.md is not a folder$/],
    [['analyze', 'folder', '--format', 'md'], /^--format must be json or table, not "md"$/],
    [['analyze', 'folder', '--out', 'x', '--ask'], /^analyze takes no --out, --ask \(techspec help\)$/],
    [['doctor', 'more'], /^too many arguments: more \(techspec help\)$/],
    [['migrate', '--code', 'folder'], /^migrate takes no --code \(techspec help\)$/],
  ])('%j: one line, exit code 2, nothing written or started', async (args, said) => {
    const { code, out, err } = await run(args);
    const [line = '', ...rest] = err.split('\n');
    expect([code, out, rest]).toEqual([2, '', ['']]);
    expect(line.replace(/^techspec: /, '')).toMatch(said);
    expect(existsSync(join(folder, 'data'))).toBe(false);
    expect(readdirSync(folder).sort()).toEqual([...Object.keys(FILES), 'folder'].sort());
  });

  it.each([[[]], [['help']], [['-h']], ...['run', 'analyze', 'doctor', 'migrate'].map((name) => [[name, '--help']])])(
    '%j prints the help and ends with 0',
    async (args: readonly string[]) => {
      const { code, out, err } = await run(args);
      expect([code, err]).toEqual([0, '']);
      for (const name of ['run BRIEF.md', 'analyze DIR', 'doctor', 'migrate', 'Exit code']) expect(out).toContain(name);
    },
  );

  it('--version prints the version alone', async () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('npm run --silent techspec keeps line and exit code', () => {
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'techspec', '--', 'bogus'], {
      cwd: PROJECT_ROOT,
      env: { PATH: process.env['PATH'], HOME: folder },
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.replace('Building …\n', '')).toBe('techspec: there is no command "bogus" (techspec help)\n');
  });
});
