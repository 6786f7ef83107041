/** One container: a kernel with its disk from storage, its packages, its way out, and the instance the client gets. */
import type { SystemEntry } from '../disk/index.ts';
import { attachStorage, whenLoaded, type DiskStorage } from '../disk/index.ts';
import { mkdirp } from '../disk/names.ts';
import { Kernel } from '../kernel.ts';
import type { ThreadLauncher } from '../launcher.ts';
import { FetchEgress } from '../net/egress.ts';
import { Packages, type PackStore } from '../packages/index.ts';
import { packageSyscalls, processListSyscall } from './package-syscalls.ts';
import { STORAGE_FREE, STORAGE_FULL } from '../../../shared/protocol/container-messages.ts';
import { holdLock } from './storage-lock.ts';

export interface ContainerOptions {
  label: string;
  workdir: string;
  system: SystemEntry[];
  packages: { origin: string; headers: () => Record<string, string> };
  /** Outlives containers: packs are immutable. */
  packStore: PackStore;
  launcher: ThreadLauncher;
  /** Something inside went wrong that no program is told of. */
  onError(message: string): void;
}

const ROOT = { cwd: '/', umask: 0 };
const STICKY = 0o1777;

export class Container {
  readonly kernel: Kernel;
  readonly packages: Packages;
  readonly workdir: string;
  private storage: DiskStorage | undefined;
  private release: (() => void) | undefined;

  private constructor(options: ContainerOptions) {
    this.workdir = options.workdir;
    this.kernel = new Kernel({ launcher: options.launcher, system: options.system, packs: options.packStore.packs });
    this.packages = new Packages(this.kernel.disk, options.packStore);
    this.kernel.extend({ ...packageSyscalls(this.packages, options.packages), ...processListSyscall(this.kernel.processes) });
    this.kernel.network.egress = new FetchEgress({
      fetch: (url, init) => fetch(url, init),
      onFailure: ({ url, reason }) => options.onError(`${url}: ${reason}`),
    });
  }

  static async open(options: ContainerOptions): Promise<Container> {
    const container = new Container(options);
    await container.attach(options);
    const { disk } = container.kernel;
    await whenLoaded(() => mkdirp(disk, options.workdir, 0o755, ROOT));
    await whenLoaded(() => mkdirp(disk, '/tmp', STICKY, ROOT));
    void container.packages.warm().catch((error: unknown) => options.onError(String(error)));
    return container;
  }

  /**
   * One tab of an environment keeps its disk in the browser's storage. In a further tab the disk lives in memory: the document, which is the
   * truth, comes from the room, and packages from the cache.
   */
  private async attach({ label, onError }: ContainerOptions): Promise<void> {
    const name = `terrarium-disk-${label}`;
    this.release = await holdLock(name);
    if (this.release === undefined) return;
    this.storage = await attachStorage(this.kernel.disk, name, {
      onFull: (full) => {
        onError(full ? STORAGE_FULL : STORAGE_FREE);
      },
    });
  }

  async flush(): Promise<void> {
    await this.storage?.journal.flush();
  }

  /** Ends every process and closes storage. */
  async close(): Promise<void> {
    const { processes } = this.kernel;
    for (const process of processes.list()) processes.end(process, { code: 0, signal: 'SIGKILL' });
    await this.storage?.close();
    this.release?.();
  }
}
