/** fs.cpSync's native part (node_file.cc, CpSyncCheckPaths, CpSyncOverrideFile, CpSyncCopyDir). */
import { SysError } from '../../../abi/errno.ts';
import { readEntries } from './names.ts';
import { pathText, type FsSupport } from './support.ts';

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFLNK = 0o120000;
const S_IFREG = 0o100000;

type Stat = readonly number[];
const modeOf = (stat: Stat): number => stat[1] ?? 0;
const isDirectory = (stat: Stat): boolean => (modeOf(stat) & S_IFMT) === S_IFDIR;
const same = (a: Stat, b: Stat): boolean => a[0] === b[0] && a[7] === b[7];
const seconds = (stat: Stat, field: number): number => (stat[field] ?? 0) + (stat[field + 1] ?? 0) / 1e9;

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

const resolve = (path: string, cwd: string): string => new URL(path, `file://${cwd}/`).pathname;
const join = (folder: string, name: string): string => `${folder.replace(/\/+$/, '')}/${name}`;
const parentOf = (path: string): string => path.replace(/\/+$/, '').replace(/\/?[^/]*$/, '') || (path.startsWith('/') ? '/' : '.');

export function copyTreeCalls(fs: FsSupport) {
  const tree = new TreeCopier(fs);
  return {
    cpSyncCheckPaths: (from: unknown, to: unknown, dereference: boolean, recursive: boolean) => tree.check(pathText(from), pathText(to), dereference, recursive),
    cpSyncOverrideFile: (from: unknown, to: unknown, mode: number, keepTimes: boolean) => tree.override(pathText(from), pathText(to), mode, keepTimes),
    cpSyncCopyDir(from: unknown, to: unknown, force: boolean, dereference: boolean, errorOnExist: boolean, verbatim: boolean, keepTimes: boolean) {
      tree.directory(pathText(from), pathText(to), { force, dereference, errorOnExist, verbatim, keepTimes });
    },
  };
}

interface CopyOptions {
  readonly force: boolean;
  readonly dereference: boolean;
  readonly errorOnExist: boolean;
  readonly verbatim: boolean;
  readonly keepTimes: boolean;
}

class TreeCopier {
  private readonly fs: FsSupport;

  constructor(fs: FsSupport) {
    this.fs = fs;
  }

  private stat(path: string, follow: boolean): Stat | undefined {
    return this.fs.call('fs.stat', path, follow, true) as Stat | undefined;
  }

  check(from: string, to: string, dereference: boolean, recursive: boolean): void {
    const { fs } = this;
    const syscall = dereference ? 'stat' : 'lstat';
    const source = fs.sync({ syscall, path: from }, () => fs.call('fs.stat', from, dereference) as Stat);
    const target = this.stat(to, dereference);
    if (target !== undefined) checkTarget(source, target, from, to);
    if (isDirectory(source) && !recursive) throw failure('ERR_FS_EISDIR', `Recursive option not enabled, cannot copy a directory: ${from}/`);
    this.checkParents(source, from, to);
    fs.sync({ syscall: 'mkdir', path: parentOf(to) }, () => fs.call('fs.mkdir', parentOf(to), 0o777, true));
  }

  /** No directory on the way to the target may be the source. */
  private checkParents(source: Stat, from: string, to: string): void {
    if (!isDirectory(source)) return;
    const cwd = this.fs.call('fs.realpath', '.') as string;
    for (let at = parentOf(resolve(to, cwd)); at !== '/'; at = parentOf(at)) {
      const parent = this.stat(at, true);
      if (parent !== undefined && same(parent, source)) throw failure('ERR_FS_CP_EINVAL', `Cannot copy ${from}/ to a subdirectory of self ${to}`);
    }
  }

  override(from: string, to: string, mode: number, keepTimes: boolean): void {
    const { fs } = this;
    fs.sync({ syscall: 'unlink', path: to }, () => fs.call('fs.unlink', to));
    this.file(from, to, mode ?? 0, keepTimes);
  }

  private file(from: string, to: string, mode: number, keepTimes: boolean): void {
    const { fs } = this;
    fs.sync({ syscall: 'cp', path: from, dest: to }, () => {
      fs.call('fs.copyFile', from, to, mode);
      if (!keepTimes) return;
      const stat = fs.call('fs.stat', from, true) as Stat;
      fs.call('fs.utimes', to, seconds(stat, 10), seconds(stat, 12));
    });
  }

  directory(from: string, to: string, options: CopyOptions): void {
    const { fs } = this;
    fs.sync({ syscall: 'cp', path: to }, () => fs.call('fs.mkdir', to, 0o777, true));
    const { names } = fs.sync({ syscall: 'cp', path: from }, () => readEntries(fs, from));
    for (const name of names) this.entry(join(from, name), join(to, name), options);
  }

  private entry(from: string, to: string, options: CopyOptions): void {
    const source = this.fs.call('fs.stat', from, options.dereference) as Stat;
    const target = this.stat(to, false);
    const kind = modeOf(source) & S_IFMT;
    if (kind === S_IFDIR) {
      if (target !== undefined && !isDirectory(target)) checkTarget(source, target, from, to);
      this.directory(from, to, options);
    } else if (kind === S_IFLNK) this.link(from, to, target, options);
    else if (kind === S_IFREG) this.regular(from, to, target, options);
  }

  private regular(from: string, to: string, target: Stat | undefined, options: CopyOptions): void {
    if (target === undefined) return this.file(from, to, 0, options.keepTimes);
    if (isDirectory(target)) throw failure('ERR_FS_CP_DIR_TO_NON_DIR', `Cannot overwrite directory ${to} with non-directory ${from}`);
    if (options.force) return this.override(from, to, 0, options.keepTimes);
    if (options.errorOnExist) throw failure('ERR_FS_CP_EEXIST', `[ERR_FS_CP_EEXIST]: Target already exists: cp returned EEXIST (${to} already exists)`);
  }

  private link(from: string, to: string, existing: Stat | undefined, options: CopyOptions): void {
    const { fs } = this;
    const written = fs.call('fs.readlink', from) as string;
    const cwd = fs.call('fs.realpath', '.') as string;
    const target = options.verbatim || written.startsWith('/') ? written : resolve(written, resolve(parentOf(from), cwd));
    fs.sync({ syscall: 'cp', path: from, dest: to }, () => {
      if (existing !== undefined) {
        if (!options.force) throw new SysError('EEXIST');
        fs.call('fs.unlink', to);
      }
      fs.call('fs.symlink', target, to);
    });
  }
}

function checkTarget(source: Stat, target: Stat, from: string, to: string): void {
  if (same(source, target)) throw failure('ERR_FS_CP_EINVAL', `src and dest cannot be the same ${to}`);
  if (isDirectory(source) && !isDirectory(target)) throw failure('ERR_FS_CP_DIR_TO_NON_DIR', `Cannot overwrite non-directory ${to} with directory ${from}`);
  if (!isDirectory(source) && isDirectory(target)) throw failure('ERR_FS_CP_NON_DIR_TO_DIR', `Cannot overwrite directory ${to} with non-directory ${from}`);
}
