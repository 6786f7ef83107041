/** Files as a tree: folders come from paths, so a folder is there as long as something is in it. */
import type { FileInfo } from '../document/files.ts';

export interface TreeNode {
  /** Project path; a folder's without a trailing slash. */
  path: string;
  name: string;
  depth: number;
  kind: 'folder' | 'file';
  /** Of a file. */
  fileId: string | undefined;
  expanded: boolean;
}

interface Folder {
  folders: Map<string, Folder>;
  files: FileInfo[];
}

/** The visible rows in order: folders first, names as people sort them ("a2" before "a10"). */
export function visibleRows(files: readonly FileInfo[], expanded: ReadonlySet<string>): TreeNode[] {
  const root: Folder = { folders: new Map(), files: [] };
  for (const file of files) folderOf(root, file.path).files.push(file);
  return rowsOf(root, '', 0, expanded);
}

function folderOf(root: Folder, path: string): Folder {
  return path.split('/').slice(0, -1).reduce((folder, name) => {
    const next = folder.folders.get(name) ?? { folders: new Map(), files: [] };
    folder.folders.set(name, next);
    return next;
  }, root);
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
export const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
export const folderName = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

function rowsOf(folder: Folder, prefix: string, depth: number, expanded: ReadonlySet<string>): TreeNode[] {
  const rows: TreeNode[] = [];
  for (const [name, inner] of [...folder.folders].sort(([a], [b]) => names.compare(a, b))) {
    const path = prefix + name;
    const open = expanded.has(path);
    rows.push({ path, name, depth, kind: 'folder', fileId: undefined, expanded: open });
    if (open) rows.push(...rowsOf(inner, `${path}/`, depth + 1, expanded));
  }
  for (const file of folder.files.toSorted((a, b) => names.compare(baseName(a.path), baseName(b.path)))) {
    rows.push({ path: file.path, name: baseName(file.path), depth, kind: 'file', fileId: file.id, expanded: false });
  }
  return rows;
}

/** All folders above a path. */
export function ancestors(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
