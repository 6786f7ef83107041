import type { PackMount } from '../../../shared/pack/format.ts';
import type { Disk } from '../disk/index.ts';
import { PackStore, type PackProgress, type PackStoreOptions } from './pack-store.ts';

/** Packs of one disk: fetched, mounted, and brought again after a restart when somebody looks inside. */
export class Packages {
  readonly store: PackStore;
  private readonly disk: Disk;

  constructor(disk: Disk, options: Omit<PackStoreOptions, 'packs'>) {
    this.disk = disk;
    this.store = new PackStore({ ...options, packs: disk.packs });
    disk.layers.load = (pack) => this.store.ensure(pack);
  }

  /** Brings all packs, then makes `mounts` all that is mounted below `projectRoot` (absolute). Nothing changes when it fails. @throws {PackError} */
  async mount(projectRoot: string, mounts: readonly PackMount[], options: { signal?: AbortSignal; onProgress?: (progress: PackProgress) => void } = {}): Promise<void> {
    await this.store.ensureAll(mounts, options);
    options.signal?.throwIfAborted();
    this.disk.layers.mount(projectRoot, mounts);
  }

  /** After a restart: starts bringing what is mounted, before anybody asks. @throws {PackError} */
  async warm(): Promise<void> {
    await this.store.ensureAll(this.disk.layers.table.map(({ mount }) => mount));
  }
}
