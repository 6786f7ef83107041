export { Packages } from './mount.ts';
export { PackError, PackStore, type PackProgress, type PackStoreOptions } from './pack-store.ts';
