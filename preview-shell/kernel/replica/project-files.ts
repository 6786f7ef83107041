import ignore from 'ignore';
import type { Disk } from '../disk/index.ts';
import { DirectoryInode, FileInode, entriesOf } from '../disk/inode.ts';
import { copyOf } from '../disk/whole-files.ts';

/** Never in the document, whatever .gitignore says: what packages and version control keep for themselves. */
const ALWAYS = ['node_modules/', '.git/', '.vite/', '.cache/', '*.log', '.DS_Store'];

export type Ignored = (path: string) => boolean;

/** The project's files on the disk, by path from its root, without what is ignored. */
export function projectFiles(disk: Disk, root: string, ignored: Ignored): Map<string, FileInode> {
  const files = new Map<string, FileInode>();
  const visit = (directory: DirectoryInode, prefix: string): void => {
    for (const [name, inode] of entriesOf(directory)) {
      const path = prefix + name;
      if (inode instanceof DirectoryInode) {
        if (!ignored(`${path}/`)) visit(inode, `${path}/`);
      } else if (inode instanceof FileInode && !ignored(path)) files.set(path, inode);
    }
  };
  visit(disk.lookupDirectory(root, { cwd: '/', umask: 0 }), '');
  return files;
}

/** The rules of the project's own .gitignore, and ours. */
export function ignoreRules(disk: Disk, root: string): Ignored {
  const rules = ignore().add(ALWAYS);
  try {
    const inode = disk.lookup(`${root}/.gitignore`, { cwd: '/', umask: 0 });
    if (inode instanceof FileInode) rules.add(new TextDecoder().decode(copyOf(inode)));
  } catch {
    // Most projects have one; without, ours stand alone.
  }
  return (path) => rules.ignores(path);
}
