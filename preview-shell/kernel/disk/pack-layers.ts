/** Packs mounted as read-only layers under a writable one. Rules: SPEC.md, DK-M*. */
import type { PackMount } from '../../../shared/pack/format.ts';
import { SysError } from '../../abi/errno.ts';
import type { Disk } from './disk.ts';
import { DirectoryInode, PACKED_INOS, type Inode } from './inode.ts';
import { mkdirp } from './names.ts';
import { fillFromPack, rootIno, serialOf, type Mounted } from './pack-tree.ts';
import { NotLoaded } from './suspend.ts';
import { MAIN_VOLUME } from './volume.ts';

const BASE = { cwd: '/', umask: 0o022 };

/** A mount as it is kept: enough to have the same inode numbers again. */
export interface MountRecord {
  readonly projectRoot: string;
  readonly mount: PackMount;
  readonly serial: number;
  readonly time: number;
}

export class PackLayers {
  private readonly disk: Disk;
  private readonly mounted = new Map<string, Mounted>();
  private nextSerial = 1;
  /** Restored inodes of packs that differ from their pack, by number. */
  private kept: ReadonlyMap<number, Inode> = new Map();
  /** Brings a pack into `Disk.packs`; set by the package store. */
  load: (pack: string) => Promise<void> = (pack) => Promise.reject(new SysError('EIO', `pack ${pack} is not in memory`));
  /** Told when the table of mounts has changed. */
  onChange: () => void = () => {};

  constructor(disk: Disk) {
    this.disk = disk;
    disk.tree.observe((change) => {
      if (change.type === 'removed' && change.inode instanceof DirectoryInode) this.rootGone(change.inode);
    });
  }

  get table(): MountRecord[] {
    return [...this.mounted.values()].map(({ projectRoot, mount, serial, time }) => ({ projectRoot, mount, serial, time }));
  }

  /** Hashes of all packs that are mounted. */
  get packs(): Set<string> {
    return new Set([...this.mounted.values()].map(({ mount }) => mount.pack));
  }

  /** Makes `mounts` all that is mounted below `projectRoot`. What stays the same keeps its inodes and changes. */
  mount(projectRoot: string, mounts: readonly PackMount[]): void {
    const wanted = new Map(mounts.map((mount) => [`${projectRoot}/${mount.path}`, mount]));
    const old = [...this.mounted.values()].filter((one) => one.projectRoot === projectRoot);
    const removed = old.filter(({ path, mount }) => wanted.get(path)?.pack !== mount.pack);
    const set = this.setAside(old, removed);
    for (const one of old) this.removeLinks(one);
    for (const one of removed) this.discard(one);
    for (const [path, mount] of [...wanted].sort(([a], [b]) => a.length - b.length)) {
      const kept = this.mounted.get(path);
      if (kept === undefined) this.create(projectRoot, path, mount);
      else {
        if (set.has(kept)) this.place(path, kept.root, true);
        this.mounted.set(path, { ...kept, mount });
      }
    }
    for (const one of this.mounted.values()) if (one.projectRoot === projectRoot) this.makeLinks(one);
    this.onChange();
  }

  /** After a restore: the directories are there (their inodes are `inodes`), what is in them comes from the packs. */
  restore(records: readonly MountRecord[], inodes: ReadonlyMap<number, Inode>): void {
    this.kept = inodes;
    for (const ino of inodes.keys()) if (ino >= PACKED_INOS) this.nextSerial = Math.max(this.nextSerial, serialOf(ino) + 1);
    for (const { projectRoot, mount, serial, time } of records) {
      const root = inodes.get(rootIno(serial));
      this.nextSerial = Math.max(this.nextSerial, serial + 1);
      if (root instanceof DirectoryInode) this.register({ projectRoot, path: `${projectRoot}/${mount.path}`, mount, serial, time, root });
    }
  }

  /** Inodes that are kept but not linked yet, because nobody has looked inside their pack. */
  *unvisited(seen: ReadonlySet<Inode>): Iterable<Inode> {
    const unfilled = new Set([...this.mounted.values()].filter(({ root }) => root.fill !== undefined).map(({ serial }) => serial));
    for (const [ino, inode] of this.kept) if (ino >= PACKED_INOS && !seen.has(inode) && unfilled.has(serialOf(ino))) yield inode;
  }

  private register(mounted: Mounted): void {
    this.mounted.set(mounted.path, mounted);
    mounted.root.fill = () => this.fill(mounted);
  }

  private fill(mounted: Mounted): void {
    const { pack } = mounted.mount;
    const bytes = this.disk.packs.get(pack);
    if (bytes === undefined) throw new NotLoaded(mounted.path, this.load(pack));
    mounted.root.fill = undefined;
    fillFromPack(this.disk.tree, mounted, bytes, this.kept);
  }

  private create(projectRoot: string, path: string, mount: PackMount): void {
    const serial = this.nextSerial++;
    const time = this.disk.tree.now();
    const root = new DirectoryInode({ ino: rootIno(serial), permissions: 0o755, volume: MAIN_VOLUME, time });
    this.place(path, root, false);
    this.register({ projectRoot, path, mount, serial, time, root });
  }

  private place(path: string, root: DirectoryInode, moved: boolean): void {
    const { disk } = this;
    const slash = path.lastIndexOf('/');
    mkdirp(disk, path.slice(0, slash), 0o755, BASE);
    const directory = disk.lookupDirectory(path.slice(0, slash), BASE);
    const name = path.slice(slash + 1);
    const existing = directory.entries.get(name);
    if (existing !== undefined) this.empty(existing);
    disk.tree.detach(directory, name);
    disk.tree.attach(directory, name, root, moved);
  }

  /** Takes mounts that stay out of those that go. */
  private setAside(old: readonly Mounted[], removed: readonly Mounted[]): Set<Mounted> {
    const inside = old.filter((one) => !removed.includes(one) && removed.some(({ path }) => one.path.startsWith(`${path}/`)));
    for (const { root } of inside) {
      const dentry = root.dentries[0];
      if (dentry !== undefined) this.disk.tree.detach(dentry.directory, dentry.name, true);
    }
    // `rootGone` has dropped them.
    for (const one of inside) this.mounted.set(one.path, one);
    return new Set(inside);
  }

  private discard({ path, root }: Mounted): void {
    this.mounted.delete(path);
    const dentry = root.dentries[0];
    this.empty(root);
    if (dentry === undefined) return;
    this.disk.tree.detach(dentry.directory, dentry.name);
    this.removeEmptyScope(dentry.directory);
  }

  /** node_modules/@scope goes with its last package, and a package's own node_modules too. */
  private removeEmptyScope(directory: DirectoryInode): void {
    const dentry = directory.dentries[0];
    if (dentry === undefined || directory.entries.size > 0 || directory.fill !== undefined) return;
    if (dentry.name.startsWith('@')) this.disk.tree.detach(dentry.directory, dentry.name);
  }

  /** Removes all that has been looked at below `inode`; what has not is nowhere but in its pack. */
  private empty(inode: Inode): void {
    if (!(inode instanceof DirectoryInode)) return;
    inode.fill = undefined;
    for (const [name, child] of [...inode.entries]) {
      this.empty(child);
      this.disk.tree.detach(inode, name);
    }
  }

  private rootGone(root: DirectoryInode): void {
    if (root.ino < rootIno(0)) return;
    for (const [path, mounted] of this.mounted) {
      if (mounted.root !== root) continue;
      this.mounted.delete(path);
      this.onChange();
      return;
    }
  }

  private makeLinks({ path, mount }: Mounted): void {
    for (const [name, target] of Object.entries(mount.bin ?? {})) {
      const { folder, text } = binLink(path, target);
      if (name.includes('/') || name === '' || name === '.' || name === '..') continue;
      mkdirp(this.disk, folder, 0o755, BASE);
      const directory = this.disk.lookupDirectory(folder, BASE);
      this.disk.tree.detach(directory, name);
      this.disk.tree.attach(directory, name, this.disk.tree.newSymlink(MAIN_VOLUME, text));
    }
  }

  private removeLinks({ path, mount }: Mounted): void {
    for (const [name, target] of Object.entries(mount.bin ?? {})) {
      const { folder, text } = binLink(path, target);
      const directory = this.disk.find(folder, BASE);
      const link = directory instanceof DirectoryInode ? directory.entries.get(name) : undefined;
      if (directory instanceof DirectoryInode && link !== undefined && 'target' in link && link.target === text) this.disk.tree.detach(directory, name);
    }
  }
}

/** npm's layout: `node_modules/.bin/name` -> `../package/path`. */
function binLink(packagePath: string, target: string): { folder: string; text: string } {
  const modules = packagePath.lastIndexOf('/node_modules/') + '/node_modules'.length;
  return { folder: `${packagePath.slice(0, modules)}/.bin`, text: `../${packagePath.slice(modules + 1)}/${target.replace(/^\.\//, '')}` };
}
