import ignore from 'ignore';
import { isProjectPath } from '../../../shared/document/project-path.ts';
import { SysError } from '../../abi/errno.ts';
import type { Disk } from '../disk/index.ts';
import { DirectoryInode, FileInode, entriesOf } from '../disk/inode.ts';
import { copyOf } from '../disk/whole-files.ts';

/** Never in the document, whatever .gitignore says: what packages and version control keep for themselves. */
const ALWAYS = ['node_modules/', '.git/', '.vite/', '.cache/', '*.log', '.DS_Store'];

export type Ignored = (path: string) => boolean;

/**
 * The project's files on the disk, by path from its root, without what is ignored and names that the document cannot hold. `tracked` files are
 * there in any case: as for git, an ignore rule keeps new files out and does not make those disappear that are in already.
 */
export function projectFiles(disk: Disk, root: string, ignored: Ignored, tracked: Iterable<string>): Map<string, FileInode> {
  const files = new Map<string, FileInode>();
  const visit = (directory: DirectoryInode, prefix: string): void => {
    for (const [name, inode] of entriesOf(directory)) {
      const path = prefix + name;
      if (inode instanceof DirectoryInode) {
        if (!ignored(`${path}/`)) visit(inode, `${path}/`);
      } else if (inode instanceof FileInode && isProjectPath(path) && !ignored(path)) files.set(path, inode);
    }
  };
  visit(disk.lookupDirectory(root, { cwd: '/', umask: 0 }), '');
  for (const path of tracked) {
    const inode = files.has(path) ? undefined : fileAt(disk, `${root}/${path}`);
    if (inode !== undefined) files.set(path, inode);
  }
  return files;
}

function fileAt(disk: Disk, path: string): FileInode | undefined {
  try {
    const inode = disk.lookup(path, { cwd: '/', umask: 0 }, false);
    return inode instanceof FileInode ? inode : undefined;
  } catch (error) {
    if (error instanceof SysError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
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
