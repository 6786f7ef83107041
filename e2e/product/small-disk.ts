/** A server whose data lies on a disk of its own that is small: a tmpfs in a mount namespace that only this server has (unshare(1); without root in a user namespace). */
import { statfs, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createServerProcess, type ServerProcess } from './server.ts';

/** Of any folder that is there on every machine: what the namespace mounts over it nobody else sees. */
const FOLDER = '/mnt';
const LAST_BYTES = 512;

export interface SmallDisk {
  server: ServerProcess;
  /** Takes what space is left. */
  fill(): Promise<void>;
  /** Gives it back. */
  empty(): Promise<void>;
}

/** @param megabytes of the disk */
export async function serverOnSmallDisk(megabytes: number): Promise<SmallDisk> {
  const namespace = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user'];
  const mount = `mount -t tmpfs -o size=${megabytes}m tmpfs ${FOLDER} && exec "$@"`;
  const server = await createServerProcess({ TERRARIUM_DATA: FOLDER }, ['unshare', ...namespace, 'sh', '-c', mount, 'sh']);
  const inside = () => path.join('/proc', String(server.pid), 'root', FOLDER);
  const filling = () => path.join(inside(), 'filling');
  return {
    server,
    async fill() {
      for (let bytes = 1024 * 1024; bytes >= LAST_BYTES;) {
        const before = await writeFile(filling(), Buffer.alloc(bytes), { flag: 'a' }).then(() => true, (error: NodeJS.ErrnoException) => refuse(error));
        if (!before) bytes /= 2;
      }
      const { bavail } = await statfs(inside());
      if (bavail !== 0) throw new Error(`The disk still has ${bavail} blocks.`);
    },
    empty: () => truncate(filling()),
  };
}

/** @throws what is no full disk */
function refuse(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOSPC') return false;
  throw error;
}
