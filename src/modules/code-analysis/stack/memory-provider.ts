import type { BaseProvider, ProviderFile } from '@specfy/stack-analyser';
import type { CodeFile } from '../code-analysis.types.js';

/** Shows files held in memory to the stack rules as if they were a folder. */
export class MemoryProvider implements BaseProvider {
  readonly basePath = '/';
  private readonly folders = new Map<string, Map<string, ProviderFile>>();
  private readonly contents = new Map<string, string>();

  constructor(files: readonly CodeFile[]) {
    for (const { path, content } of files)
      this.add(`/${path}`, /(^|\/)package\.json$/.test(path) ? withName(content) : content);
  }

  async listDir(folder: string): Promise<ProviderFile[]> {
    return [...(this.folders.get(folder)?.values() ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async open(path: string): Promise<string | null> {
    return this.contents.get(path) ?? null;
  }

  async stat(path: string): Promise<{ size: number } | null> {
    const content = this.contents.get(path);
    return content === undefined ? null : { size: content.length };
  }

  private add(path: string, content: string): void {
    this.contents.set(path, content);
    let child: ProviderFile = { name: nameOf(path), type: 'file', fp: path };
    for (let folder = folderOf(path); ; folder = folderOf(folder)) {
      const entries = this.folders.get(folder) ?? new Map<string, ProviderFile>();
      this.folders.set(folder, entries.set(child.name, child));
      if (folder === '/') return;
      child = { name: nameOf(folder), type: 'dir', fp: folder };
    }
  }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/';

/** The rules pass over a package.json without a name, which is a valid one: a private application needs none. */
function withName(content: string): string {
  try {
    const manifest: unknown = JSON.parse(content);
    const nameless = typeof manifest === 'object' && manifest !== null && !('name' in manifest);
    return nameless ? JSON.stringify({ ...manifest, name: 'unnamed' }) : content;
  } catch {
    return content;
  }
}
