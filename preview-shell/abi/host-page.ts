/**
 * Host page <-> kernel Worker. The page makes Workers and knows the service worker; the kernel decides. Both are of one build: the version
 * is for the reader of a trace.
 */
import type { ThreadStart } from './thread.ts';

export const HOST_PAGE_VERSION = 1;

export interface KernelInit {
  type: 'init';
  v: typeof HOST_PAGE_VERSION;
  label: string;
  /** Origin of the app. */
  baseOrigin: string;
  packagesOrigin: string;
  /** Bearer token for the package service. */
  capability: string;
  /** Hashes of packs that this environment is likely to install. */
  packs: string[];
  /** The system image (scripts/build-preview-shell.mjs): a pack whose files are absolute paths without the leading slash, with `image.json` for links. */
  image: ArrayBuffer;
  /** The client's end of @webcontainer/api (Comlink). */
  client: MessagePort;
}

export type ToKernel =
  | KernelInit
  | { type: 'thread-failed'; threadId: number; message: string }
  /** A preview page's way to the gateway: shared/protocol/preview-channel.ts, (4). */
  | { type: 'preview'; port: number; channel: MessagePort; session: string; isolation: 'none' | 'coep-credentialless' | 'coep-require-corp' }
  | { type: 'capability'; capability: string }
  /** The page is being hidden or left: what is not durable yet should become so. */
  | { type: 'flush' };

export type FromKernel =
  | { type: 'launch'; start: ThreadStart }
  | { type: 'terminate'; threadId: number }
  /** The container is there, and its client asks nothing of it: somebody is still choosing what to run. */
  | { type: 'waiting' }
  /** The kernel cannot go on; everything in the container is lost. */
  | { type: 'fatal'; message: string };
