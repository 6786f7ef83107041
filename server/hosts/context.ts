import type { origins } from '../../shared/hosts.ts';
import type { Rooms } from './policies.ts';
import type { StaticFolder } from './static-files.ts';

/** What serving the untrusted rooms needs to know. */
export interface HostsContext {
  dist: StaticFolder;
  origins: ReturnType<typeof origins>;
  rooms: Rooms;
  /** Sandbox tokens of previews, as in the iframe's attribute. */
  sandbox: string;
  isEnvironment(label: string): boolean;
  /** Origins of the pages that may show this environment in a frame (server/embeds/SPEC.md). */
  embedders(environmentId: string): string[];
  /** The same for the address of an embed, which names the environment or its task. */
  embeddersOfTask(task: string): string[];
  /** A signed token with which code of this label may use the package service, for so many milliseconds. */
  issueCapability(label: string, lifetimeMs: number): string;
  /** Hashes of packs that this label is likely to install. */
  expectedPacks(label: string): string[];
  /** Logical name -> path of the hashed file, from the build. */
  assets(): Promise<unknown>;
}
