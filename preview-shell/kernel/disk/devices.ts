/** /dev: null(4), zero(4), full(4), random(4). The terminal and the standard streams are those of whoever opens them. */
import { SysError } from '../../abi/errno.ts';
import type { Value } from '../../abi/codec.ts';
import type { OpenFile } from '../descriptors/open-file.ts';
import { statOf, type DeviceInode } from './inode.ts';
import type { Tree } from './tree.ts';
import { DEVICE_VOLUME } from './volume.ts';

/** Device numbers as makedev(3) packs them on Linux. */
const DEVICES: readonly (readonly [name: string, rdev: number])[] = [
  ['null', 0x103], ['zero', 0x105], ['full', 0x107], ['random', 0x108], ['urandom', 0x109], ['tty', 0x500],
];

/** What getRandomValues fills at once. */
const RANDOM_CHUNK = 65536;

export function makeDevices(tree: Tree): void {
  const dev = tree.newDirectory(DEVICE_VOLUME, 0o755);
  tree.link(tree.root, 'dev', dev);
  for (const [name, rdev] of DEVICES) tree.link(dev, name, tree.newDevice(name, rdev));
  const fd = tree.newDirectory(DEVICE_VOLUME, 0o555);
  tree.link(dev, 'fd', fd);
  // Numbers above are found as well (see `Disk.open`); these three are the ones that a listing shows.
  for (const [number, name] of ['stdin', 'stdout', 'stderr'].entries()) {
    tree.link(fd, String(number), tree.newDevice(`fd/${number}`, 0));
    tree.link(dev, name, tree.newSymlink(DEVICE_VOLUME, `fd/${number}`));
  }
}

/** An open memory device. @throws {SysError} ENXIO for a device that only the opener's process can resolve. */
export class DeviceFile implements OpenFile {
  readonly kind = 'device';
  private readonly inode: DeviceInode;

  constructor(inode: DeviceInode) {
    if (!DEVICES.some(([name]) => name === inode.device) || inode.device === 'tty') throw new SysError('ENXIO', inode.device);
    this.inode = inode;
  }

  read(length: number): Uint8Array {
    switch (this.inode.device) {
      case 'null': return new Uint8Array(0);
      case 'random':
      case 'urandom': return randomBytes(length);
      default: return new Uint8Array(length);
    }
  }

  write(bytes: Uint8Array): number {
    if (this.inode.device === 'full') throw new SysError('ENOSPC');
    return bytes.length;
  }

  writeQueued(bytes: Uint8Array): boolean {
    this.write(bytes);
    return true;
  }

  stat(): Value {
    return statOf(this.inode);
  }

  release(): void {}
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += RANDOM_CHUNK) crypto.getRandomValues(bytes.subarray(at, at + RANDOM_CHUNK));
  return bytes;
}
