/** What npm needs of the container beyond Node's API. */
import type { PackMount } from '../../../shared/pack/format.ts';

export interface PackageService {
  /** A request to the package service with the environment's capability. Rejects when it cannot be reached. */
  request(path: string, options: { method: string; body?: string }): Promise<{ status: number; body: string }>;
  /** Brings packs and makes them all that is mounted below `projectRoot`, at once; `.bin` links included. */
  mount(projectRoot: string, mounts: readonly PackMount[]): Promise<{ downloaded: number; cached: number; bytes: number }>;
  /** Writes the files of a pack into a folder (absolute) that does not exist yet. */
  unpack(folder: string, pack: string): Promise<void>;
}

export interface Platform {
  packages: PackageService;
}

/** The container's own binding. */
export function containerPlatform(): Platform {
  // Not in Node's types: process.binding is how Node's legacy internals are reached.
  const { binding } = process as unknown as { binding(this: NodeJS.Process, name: string): Platform };
  return binding.call(process, 'terrarium');
}
