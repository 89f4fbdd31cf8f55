import { piecesOf } from './pieces.js';
import type { ProjectRun } from './project-run.js';
import type { RouterNode } from './values.js';

/** Gives applications the prefixes that configuration files of their folder set. */
export function configure(run: ProjectRun, nodes: readonly RouterNode[]): void {
  const settings = [...run.index.all()].flatMap(({ facts, top }) =>
    (facts.settings ?? []).map((setting) => ({ ...setting, file: facts.path, top })),
  );
  for (const node of nodes) {
    if (node.role !== 'app' || node.edges.length) continue;
    const mine = settings.filter(
      ({ framework, folder }) => framework === node.framework && node.in.file.path.startsWith(folder),
    );
    const innermost = Math.max(...mine.map(({ folder }) => folder.length));
    for (const { folder, prefix, file, line, top } of mine)
      if (folder.length === innermost)
        node.prefixes.push({
          prefix: piecesOf(run.evaluator, run.evaluator.value(prefix, top)),
          except: [],
          file,
          line,
        });
  }
}
