import type { DirectoryNode, FileNode, FileSystemTree, SymlinkNode } from '@webcontainer/api';
import type { MountEntry } from '../../shared/protocol/broker.ts';

/** Builds the nested tree that the library mounts. Its objects have no prototype, so that a file may be called `__proto__`. */
export function treeOf(entries: readonly MountEntry[]): FileSystemTree {
  const root = emptyTree();
  for (const entry of entries) {
    const parts = entry.path.split('/');
    const name = parts.pop() ?? '';
    const folder = parts.reduce(enter, root);
    if (entry.kind === 'directory') enter(folder, name);
    else folder[name] = nodeOf(entry);
  }
  return root;
}

function emptyTree(): FileSystemTree {
  return Object.create(null) as FileSystemTree;
}

function enter(tree: FileSystemTree, name: string): FileSystemTree {
  const existing = tree[name];
  if (existing !== undefined && 'directory' in existing) return existing.directory;
  const made: DirectoryNode = { directory: emptyTree() };
  tree[name] = made;
  return made.directory;
}

function nodeOf(entry: Exclude<MountEntry, { kind: 'directory' }>): FileNode | SymlinkNode {
  if (entry.kind === 'symlink') return { file: { symlink: entry.target } };
  const { contents } = entry;
  return { file: { contents: typeof contents === 'string' ? contents : new Uint8Array(contents) } };
}
