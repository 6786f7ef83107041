/** Path resolution (path_resolution(7)): symbolic links, dots, trailing slashes, limits. */
import { SysError } from '../../abi/errno.ts';
import { LINKS_MAX, NAME_MAX, PATH_MAX, X_OK } from './constants.ts';
import { DirectoryInode, entriesOf, SymlinkInode, utf8Length, type Inode } from './inode.ts';

export interface Location {
  /** Where the last name is, or would be. */
  readonly directory: DirectoryInode;
  readonly name: string;
  readonly inode: Inode | undefined;
  /** A slash follows the name: only a directory will do. */
  readonly mustBeDirectory: boolean;
  /** How the path ends, for the calls that refuse some endings. */
  readonly ending: 'name' | 'dot' | 'dotdot' | 'root';
}

export interface WalkContext {
  readonly root: DirectoryInode;
  /** @throws {SysError} EACCES */
  permit(inode: Inode, access: number): void;
}

export function checkPath(path: string): void {
  if (path === '') throw new SysError('ENOENT', 'empty path');
  if (path.includes('\0')) throw new SysError('EINVAL', 'a path with a NUL byte');
  // A UTF-16 unit is at most three bytes: most paths need no counting.
  if (path.length * 3 > PATH_MAX && utf8Length(path) > PATH_MAX) throw new SysError('ENAMETOOLONG');
}

export function checkName(name: string): void {
  if (name.length * 3 > NAME_MAX && utf8Length(name) > NAME_MAX) throw new SysError('ENAMETOOLONG', name);
}

/** Whether a link at the end is followed: always, only before a slash, or never (the calls that change names). */
export type Follow = boolean | 'never';

/** Finds `path` from the directory with the absolute path `cwd`. */
export function walk(context: WalkContext, path: string, cwd: string, follow: Follow): Location {
  checkPath(path);
  return new Walk(context, path, cwd, follow).run();
}

class Walk {
  private readonly context: WalkContext;
  private readonly follow: Follow;
  /** Components still to go, the next one last. */
  private readonly pending: string[] = [];
  private directory: DirectoryInode;
  private ending: Location['ending'];
  private mustBeDirectory: boolean;
  private links = 0;

  constructor(context: WalkContext, path: string, cwd: string, follow: Follow) {
    this.context = context;
    this.follow = follow;
    this.directory = context.root;
    this.mustBeDirectory = false;
    this.ending = 'root';
    this.push(path);
    this.note(path);
    if (!path.startsWith('/')) this.push(cwd);
  }

  run(): Location {
    for (let component = this.pending.pop(); component !== undefined; component = this.pending.pop()) {
      const found = this.step(component);
      if (found !== undefined) return found;
    }
    const inode = this.directory;
    const dentry = inode.dentries[0];
    return { directory: dentry?.directory ?? inode, name: dentry?.name ?? '', inode, mustBeDirectory: true, ending: this.ending };
  }

  private push(path: string): void {
    const components = path.split('/');
    for (let i = components.length - 1; i >= 0; i--) {
      const component = components[i];
      if (component !== '' && component !== '.' && component !== undefined) this.pending.push(component);
    }
  }

  private note(path: string): void {
    const last = /([^/]*)\/*$/.exec(path)?.[1];
    this.ending = last === '' ? 'root' : last === '.' ? 'dot' : last === '..' ? 'dotdot' : 'name';
    if (path.endsWith('/') || this.ending !== 'name') this.mustBeDirectory = true;
  }

  private step(component: string): Location | undefined {
    const { directory } = this;
    this.context.permit(directory, X_OK);
    if (component === '..') {
      this.directory = directory.dentries[0]?.directory ?? directory;
      return undefined;
    }
    checkName(component);
    const inode = entriesOf(directory).get(component);
    const isLast = this.pending.length === 0;
    if (inode instanceof SymlinkInode && (!isLast || this.followsLast)) {
      this.enter(inode.target, isLast);
      return undefined;
    }
    if (isLast && this.ending === 'name') return { directory, name: component, inode, mustBeDirectory: this.mustBeDirectory, ending: 'name' };
    if (inode === undefined) throw new SysError('ENOENT', component);
    if (!(inode instanceof DirectoryInode)) throw new SysError('ENOTDIR', component);
    this.directory = inode;
    return undefined;
  }

  private get followsLast(): boolean {
    if (this.follow === 'never') return this.ending !== 'name';
    return this.follow || this.mustBeDirectory;
  }

  private enter(target: string, isLast: boolean): void {
    if (++this.links > LINKS_MAX) throw new SysError('ELOOP');
    if (target.startsWith('/')) this.directory = this.context.root;
    this.push(target);
    // What follows the name in the path given (a dot) still ends it.
    if (isLast && this.ending === 'name') this.note(target);
  }
}
