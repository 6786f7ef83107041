import { parsePack, type PackMount } from '../../../shared/pack/format.ts';
import { SysError } from '../../abi/errno.ts';
import { O_CREAT, O_EXCL, O_WRONLY } from '../disk/constants.ts';
import type { Disk, PathBase } from '../disk/index.ts';
import { mkdirp } from '../disk/names.ts';
import { writeWhole } from '../disk/whole-files.ts';
import type { PackProgress, PackStore } from './pack-store.ts';

const SAVE_DELAY_MS = 10_000;
/** Larger packs come when somebody looks inside: half of a tree's bytes are compilers that a dev server never opens. */
const AT_ONCE_MAX = 4 * 1024 * 1024;

/** Packs of one disk: fetched, mounted, and brought again after a restart when somebody looks inside. */
export class Packages {
  readonly store: PackStore;
  private readonly disk: Disk;
  private readonly saveDelay: number;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `store` fills the disk's own `packs`. `saveDelay`: milliseconds from a mount until its packs go to the browser's storage. */
  constructor(disk: Disk, store: PackStore, saveDelay = SAVE_DELAY_MS) {
    this.disk = disk;
    this.saveDelay = saveDelay;
    this.store = store;
    disk.layers.load = (pack) => this.store.ensure(pack).catch((error: unknown) => { throw new SysError('EIO', error instanceof Error ? error.message : String(error)); });
  }

  /** Brings all packs but the large ones, then makes `mounts` all that is mounted below `projectRoot` (absolute). Nothing changes when it fails. @throws {PackError} */
  async mount(projectRoot: string, mounts: readonly PackMount[], options: { signal?: AbortSignal; onProgress?: (progress: PackProgress) => void } = {}): Promise<void> {
    await this.store.ensureAll(mounts.filter(atOnce), options);
    options.signal?.throwIfAborted();
    this.disk.layers.mount(projectRoot, mounts);
    this.saveLater();
  }

  /** Writes a pack's files as files of the disk's own into a folder that does not exist yet. @throws {PackError} @throws {SysError} EEXIST */
  async unpack(folder: string, pack: string, base: PathBase): Promise<void> {
    await this.store.ensure(pack);
    const { disk } = this;
    const bytes = new Uint8Array(this.store.packs.get(pack) as SharedArrayBuffer);
    if (disk.find(folder, base) !== undefined) throw new SysError('EEXIST', folder);
    const { header, dataStart } = parsePack(bytes);
    for (const { p, o, s } of header.files) {
      const path = `${folder}/${p}`;
      mkdirp(disk, path.slice(0, path.lastIndexOf('/')), 0o755, base);
      void writeWhole(disk, path, bytes.slice(dataStart + o, dataStart + o + s), O_WRONLY | O_CREAT | O_EXCL, 0o644, base);
    }
  }

  /** After a restart: starts bringing what is mounted, before anybody asks. @throws {PackError} */
  async warm(): Promise<void> {
    await this.store.ensureAll(this.disk.layers.table.map(({ mount }) => mount).filter(atOnce));
    this.saveLater();
  }

  /** Storing packs, also those that nobody has looked into, waits until what they were fetched for is likely to run. */
  private saveLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      // Where storage is full or refused, packs come from the network again.
      void this.store.keepOnly(this.disk.layers.packs).catch(() => undefined);
    }, this.saveDelay);
  }
}

const atOnce = ({ bytes }: PackMount): boolean => bytes <= AT_ONCE_MAX;
