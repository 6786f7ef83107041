/** `packages.*`: what the container's npm asks of the kernel. */
import { SysError } from '../../abi/errno.ts';
import { packMountSchema, type PackMount } from '../../../shared/pack/schema.ts';
import type { Packages } from '../packages/index.ts';
import type { SyscallTable } from '../syscall.ts';
import type { ProcessTable } from '../process/table.ts';
import * as z from 'zod';

export interface PackageAccess {
  origin: string;
  headers(): Record<string, string>;
}

/** More packages than any tree that a browser holds. */
const MAX_MOUNTS = 20_000;
const mountsSchema = z.array(packMountSchema).max(MAX_MOUNTS);

export function packageSyscalls(packages: Packages, access: PackageAccess): SyscallTable {
  return {
    /** Address and headers of the package service: requests are the thread's own, so that they can be cancelled and followed. */
    'packages.access': () => ({ origin: access.origin, headers: access.headers() }),
    /** Brings packs and makes them all that is mounted below a project. @throws {SysError} EINVAL, EIO with the reason */
    'packages.mount': async ({ signal }, [root, mounts]) => {
      if (typeof root !== 'string' || !root.startsWith('/') || typeof mounts !== 'string') throw new SysError('EINVAL');
      const wanted = parseMounts(mounts);
      const before = new Set(packages.store.present());
      const counts = { downloaded: 0, cached: 0, bytes: 0 };
      for (const { pack, bytes } of wanted) {
        counts[before.has(pack) ? 'cached' : 'downloaded']++;
        counts.bytes += bytes;
      }
      try {
        await packages.mount(root, wanted, { signal });
      } catch (error) {
        throw new SysError('EIO', error instanceof Error ? error.message : String(error));
      }
      return counts;
    },
    /** Writes a pack's files as files of the disk's own into a new folder. @throws {SysError} EEXIST, EIO */
    'packages.unpack': async ({ process }, [folder, pack]) => {
      if (typeof folder !== 'string' || !folder.startsWith('/') || typeof pack !== 'string' || !/^[0-9a-f]{64}$/.test(pack)) throw new SysError('EINVAL');
      try {
        await packages.unpack(folder, pack, process);
      } catch (error) {
        throw error instanceof SysError ? error : new SysError('EIO', error instanceof Error ? error.message : String(error));
      }
      return undefined;
    },
  };
}

/** `processes.list` of ps(1). */
export function processListSyscall(processes: ProcessTable): SyscallTable {
  return {
    'processes.list': () => processes.list().map(({ pid, ppid, pgid, sid, argv, state, startedAt }) => ({ pid, ppid, pgid, sid, argv: [...argv], state, startedAt })),
  };
}

function parseMounts(text: string): PackMount[] {
  try {
    return mountsSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new SysError('EINVAL', error instanceof Error ? error.message : String(error));
  }
}
