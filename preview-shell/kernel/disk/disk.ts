import { SysError } from '../../abi/errno.ts';
import type { OpenFile } from '../descriptors/open-file.ts';
import { O_ACCMODE, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_TRUNC, O_WRONLY, PERMISSIONS, R_OK, USER_ID, W_OK, X_OK } from './constants.ts';
import { DeviceFile, makeDevices } from './devices.ts';
import { DeviceInode, DirectoryInode, entriesOf, SymlinkInode, type FileInode, type Inode } from './inode.ts';
import { DirectoryFile, DiskFile } from './open-disk-file.ts';
import { PackLayers } from './pack-layers.ts';
import { walk, type Follow, type Location, type WalkContext } from './path-walk.ts';
import type { ReadRecord } from './read-record.ts';
import { Space } from './space.ts';
import { Tree, type TreeChange } from './tree.ts';
import { SCRATCH_VOLUME } from './volume.ts';
import { ThreadWatches, WatchRegistry } from './watches.ts';

export interface DiskOptions {
  /** Milliseconds since the epoch, with a fraction. */
  readonly clock?: () => number;
  /** Bytes of content that files outside packs may take together. */
  readonly capacity?: number;
  /** Permission bits are not looked at, as for root: for the container's own use and for comparing with a system where tests run as root. */
  readonly superuser?: boolean;
  /** Packs that are in memory already, by hash; the disk uses this map. */
  readonly packs?: Map<string, SharedArrayBuffer>;
}

/** Who resolves a path, and with what. */
export interface PathBase {
  /** Absolute path that relative ones start from. */
  readonly cwd: string;
  /** Permission bits that new files do not get. */
  readonly umask: number;
  /** Which revisions the process has read, where it is one. */
  readonly reads?: ReadRecord;
}

const DEFAULT_CAPACITY = 2 * 1024 ** 3;

/** Opens `device` ('tty', 'fd/3') for its process; the description is shared, as dup(2) does. @throws {SysError} ENXIO, EBADF */
export type DeviceOpener = (device: string) => OpenFile;

/**
 * The container's file system: POSIX calls on one tree in memory. Every method throws `SysError`, and `NotLoaded` (see suspend.ts)
 * before it has changed anything when bytes are missing. Names of calls and their errors: POSIX.1-2017, Linux man-pages section 2.
 */
export class Disk {
  readonly tree: Tree;
  readonly watches: WatchRegistry;
  readonly threadWatches = new ThreadWatches();
  /** Packs in memory, by hash. */
  readonly packs: Map<string, SharedArrayBuffer>;
  readonly layers: PackLayers;
  /** One Int32, counted up by each change of what a name stands for: threads keep answers as long as it stays the same (DK-N1). */
  readonly names = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  /** Where changes are kept; set by the persistence. */
  storage: { flush(): Promise<void> } | undefined;
  private readonly superuser: boolean;
  private readonly context: WalkContext;
  private readonly fixed = new Set<Inode>();

  constructor(options: DiskOptions = {}) {
    this.superuser = options.superuser ?? false;
    this.packs = options.packs ?? new Map();
    this.tree = new Tree(new Space(options.capacity ?? DEFAULT_CAPACITY), options.clock ?? (() => performance.timeOrigin + performance.now()));
    this.context = { root: this.tree.root, permit: (inode, access) => this.permit(inode, access) };
    makeDevices(this.tree);
    const tmp = this.tree.newDirectory(SCRATCH_VOLUME, 0o1777);
    this.tree.link(this.tree.root, 'tmp', tmp);
    this.fixed.add(tmp);
    const names = new Int32Array(this.names);
    this.tree.observe((change) => renames(change) && Atomics.add(names, 0, 1));
    this.watches = new WatchRegistry(this.tree);
    this.layers = new PackLayers(this);
  }

  /** @throws {SysError} EACCES */
  permit(inode: Inode, access: number): void {
    if (this.superuser) {
      const executable = (inode.permissions & 0o111) !== 0 || inode instanceof DirectoryInode;
      if ((access & X_OK) !== 0 && !executable) throw new SysError('EACCES');
      return;
    }
    const granted = inode.uid === USER_ID ? inode.permissions >> 6 : inode.permissions;
    if ((access & ~granted & 7) !== 0) throw new SysError('EACCES');
  }

  locate(path: string, base: PathBase, follow: Follow): Location {
    return walk(this.context, path, base.cwd, follow);
  }

  /** @throws {SysError} ENOENT, ENOTDIR */
  lookup(path: string, base: PathBase, follow = true): Inode {
    const { inode, mustBeDirectory } = this.locate(path, base, follow);
    if (inode === undefined) throw new SysError('ENOENT', path);
    if (mustBeDirectory && !(inode instanceof DirectoryInode)) throw new SysError('ENOTDIR', path);
    return inode;
  }

  /** The inode, or undefined where stat(2) says ENOENT or ENOTDIR. */
  find(path: string, base: PathBase, follow = true): Inode | undefined {
    try {
      return this.lookup(path, base, follow);
    } catch (error) {
      if (error instanceof SysError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
      throw error;
    }
  }

  lookupDirectory(path: string, base: PathBase): DirectoryInode {
    const inode = this.lookup(path, base);
    if (!(inode instanceof DirectoryInode)) throw new SysError('ENOTDIR', path);
    return inode;
  }

  /** access(2) */
  access(path: string, mode: number, base: PathBase): void {
    const inode = this.lookup(path, base);
    if ((mode & W_OK) !== 0 && inode.volume.readOnly) throw new SysError('EROFS', path);
    this.permit(inode, mode);
  }

  /** Absolute path without links, as realpath(3). */
  realpath(path: string, base: PathBase): string {
    const location = this.locate(path, base, true);
    const { inode } = location;
    if (inode === undefined) throw new SysError('ENOENT', path);
    if (location.mustBeDirectory && !(inode instanceof DirectoryInode)) throw new SysError('ENOTDIR', path);
    const directory = this.tree.pathOf(location.directory);
    if (directory === undefined) throw new SysError('ENOENT', path);
    if (inode === this.tree.root) return '/';
    return directory === '/' ? `/${location.name}` : `${directory}/${location.name}`;
  }

  /** open(2). `openDevice` opens what belongs to the calling process. */
  open(path: string, flags: number, mode: number, base: PathBase, openDevice?: DeviceOpener): OpenFile {
    if ((flags & O_CREAT) !== 0 && path.endsWith('/') && this.locate(path, base, 'never').ending === 'name') throw new SysError('EISDIR', path);
    const exclusive = (flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0;
    const location = this.locate(path, base, (flags & O_NOFOLLOW) === 0 && !exclusive);
    const { inode } = location;
    if (inode === undefined) return this.create(location, path, flags, mode, base, openDevice);
    if (exclusive) throw new SysError('EEXIST', path);
    if (inode instanceof SymlinkInode) throw new SysError('ELOOP', path);
    if (inode instanceof DirectoryInode) return this.openDirectory(inode, path, flags);
    if (location.mustBeDirectory || (flags & O_DIRECTORY) !== 0) throw new SysError('ENOTDIR', path);
    if (inode instanceof DeviceInode) return this.openDevice(inode, path, flags, base, openDevice);
    return this.openRegular(inode, path, flags, base);
  }

  private openDirectory(inode: DirectoryInode, path: string, flags: number): OpenFile {
    if ((flags & O_ACCMODE) !== O_RDONLY || ((flags & O_CREAT) !== 0 && (flags & O_DIRECTORY) === 0)) throw new SysError('EISDIR', path);
    this.permit(inode, R_OK);
    return new DirectoryFile(inode);
  }

  private openRegular(inode: FileInode, path: string, flags: number, base: PathBase): DiskFile {
    const access = flags & O_ACCMODE;
    const writes = access !== O_RDONLY || (flags & O_TRUNC) !== 0;
    this.permit(inode, (access === O_WRONLY ? 0 : R_OK) | (writes ? W_OK : 0));
    if (writes && inode.volume.readOnly) throw new SysError('EROFS', path);
    if ((flags & O_TRUNC) !== 0) this.tree.truncate(inode, 0);
    const file = new DiskFile(this.tree, inode, flags, base.reads);
    if ((flags & O_TRUNC) !== 0) file.markWritten();
    return file;
  }

  private openDevice(inode: DeviceInode, path: string, flags: number, base: PathBase, opener: DeviceOpener | undefined): OpenFile {
    const ofProcess = inode.device === 'tty' || inode.device.startsWith('fd/');
    return ofProcess && opener !== undefined ? this.reopen(opener(inode.device), path, flags, base) : new DeviceFile(inode);
  }

  /** /dev/fd/N of a regular file is that file opened anew; of anything else it is the description itself. */
  private reopen(file: OpenFile, path: string, flags: number, base: PathBase): OpenFile {
    return file instanceof DiskFile ? this.openRegular(file.inode, path, flags, base) : file;
  }

  private create(location: Location, path: string, flags: number, mode: number, base: PathBase, openDevice?: DeviceOpener): OpenFile {
    const isDescriptor = /^\d{1,6}$/.test(location.name) && this.tree.pathOf(location.directory) === '/dev/fd';
    if (isDescriptor && openDevice !== undefined) return this.reopen(openDevice(`fd/${location.name}`), path, flags, base);
    if ((flags & O_CREAT) === 0) throw new SysError('ENOENT', path);
    if (location.mustBeDirectory) throw new SysError('EISDIR', path);
    this.permitEntry(location.directory);
    const inode = this.tree.newFile(location.directory.volume, mode & ~base.umask & PERMISSIONS);
    this.tree.attach(location.directory, location.name, inode);
    const file = new DiskFile(this.tree, inode, flags, base.reads);
    file.markWritten();
    return file;
  }

  /** Whether names in `directory` may be changed. @throws {SysError} EROFS, EACCES, ENOENT */
  permitEntry(directory: DirectoryInode): void {
    // A directory that was removed while it was somebody's working directory takes no new names.
    if (directory.dentries.length === 0 && directory !== this.tree.root) throw new SysError('ENOENT');
    if (directory.volume.readOnly) throw new SysError('EROFS');
    this.permit(directory, W_OK | X_OK);
  }

  /** Directories that are always there. */
  isFixed(inode: Inode): boolean {
    return this.fixed.has(inode);
  }

  /** @throws {SysError} EROFS, EPERM */
  permitAttributes(inode: Inode): void {
    if (inode.volume.readOnly) throw new SysError('EROFS');
    if (!this.superuser && inode.uid !== USER_ID) throw new SysError('EPERM');
  }

  /** Names in byte order, as scandir(3) with alphasort gives them to Node. */
  list(path: string, base: PathBase): (readonly [name: string, inode: Inode])[] {
    const directory = this.lookupDirectory(path, base);
    this.permit(directory, R_OK);
    return [...entriesOf(directory)].sort(([a], [b]) => compareNames(a, b));
  }

  /** What is mounted from packs; set by `mountPacks`. */
  packBytes(pack: string, offset: number, length: number): Uint8Array {
    const bytes = this.packs.get(pack);
    if (bytes === undefined) throw new SysError('ENOENT', pack);
    return new Uint8Array(bytes).subarray(offset, offset + length);
  }

  /** Resolves when everything changed so far is in storage. */
  flush(): Promise<void> {
    return this.storage?.flush() ?? Promise.resolve();
  }

  readlink(path: string, base: PathBase): string {
    const inode = this.lookup(path, base, false);
    if (!(inode instanceof SymlinkInode)) throw new SysError('EINVAL', path);
    return inode.target;
  }
}

/** Order of the names' UTF-8 bytes, which is the order of their code points. */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;


/** Names come and go, and a directory's permissions decide who may pass through it. */
function renames(change: TreeChange): boolean {
  return change.type === 'added' || change.type === 'removed' || (change.type === 'attributes' && change.inode instanceof DirectoryInode);
}
