import { Disk, type DiskOptions } from './disk.ts';

export function createDisk(options: DiskOptions = {}): Disk {
  return new Disk(options);
}

export { Disk, type DiskOptions, type PathBase } from './disk.ts';
export { fsSyscalls } from './syscalls.ts';
export { attachStorage, type DiskStorage, type StorageOptions } from './storage/index.ts';
export { NotLoaded, whenLoaded } from './suspend.ts';
export { addSystemTree, type SystemEntry } from './system-tree.ts';
export { PublicFileSystem, type PublicDirent, type PublicWatcher } from './public-api.ts';
