/**
 * App <-> broker: the protocol between the trusted page and the frame that holds the unmodified `@webcontainer/api`.
 *
 * The broker's realm counts as hostile: the library hands raw Comlink objects to the container host, so whoever owns the host
 * may own the broker. The app therefore parses every message with the schemas below and never passes a function, a token or an
 * object of its own; the broker trusts the app and only switches on `type`.
 *
 * Handshake: the broker says `hello` to its parent with the app's origin as target; the app checks `event.origin` and `event.source`,
 * and answers `connect` to the broker's origin with one transferred `MessagePort`; the broker checks both as well. Versions must be
 * equal. Everything else goes over that port. One `connect` for each frame: a second `hello` means that the frame was reloaded and
 * whatever ran in it is gone.
 *
 * Requests carry an `id` that the app chooses, never reused. An operation that opens something (spawn, watch) is named by the id of
 * its request from then on. Bytes travel as transferred `ArrayBuffer`s. Output is paced by credit: the broker sends at most as many
 * UTF-16 units as it was granted and reads no further from the process's stream until it is granted more.
 */
import * as z from 'zod';
import { APP_SOURCE, BROKER_SOURCE, BROKER_VERSION, MAX_CHUNK } from './broker-constants.ts';

export * from './broker-constants.ts';

/** Time limits of requests in milliseconds, by operation. `boot` covers fetching the host, its workers and its service worker. */
export const TIME_LIMITS = {
  boot: 60_000,
  mount: 30_000,
  spawn: 30_000,
  export: 60_000,
  other: 15_000,
} as const;

export const helloSchema = z.object({
  source: z.literal(BROKER_SOURCE),
  type: z.literal('hello'),
  v: z.number().int(),
});

export const connectSchema = z.object({
  source: z.literal(APP_SOURCE),
  type: z.literal('connect'),
  v: z.literal(BROKER_VERSION),
});

/** A tree to mount, flat: the broker builds the nested form that the library takes. Paths are relative, "/"-separated, without "." and "..". */
export type MountEntry =
  | { path: string; kind: 'file'; contents: string | ArrayBuffer }
  | { path: string; kind: 'directory' }
  | { path: string; kind: 'symlink'; target: string };

export interface TerminalSize {
  cols: number;
  rows: number;
}

/** Requests, app -> broker; the result types are in `RESULTS`. */
export type BrokerRequest =
  | { op: 'boot'; workdirName: string }
  | { op: 'mount'; entries: MountEntry[]; mountPoint?: string }
  | { op: 'readFile'; path: string }
  | { op: 'writeFile'; path: string; data: string | ArrayBuffer }
  | { op: 'readdir'; path: string }
  | { op: 'rm'; path: string; recursive: boolean; force: boolean }
  | { op: 'rename'; from: string; to: string }
  | { op: 'mkdir'; path: string; recursive: boolean }
  | { op: 'watch'; path: string; recursive: boolean }
  | {
      op: 'spawn';
      command: string;
      args: string[];
      cwd?: string;
      env?: [name: string, value: string][];
      terminal?: TerminalSize;
      /** Initial credit, 0 for a process whose output nobody wants. */
      credit: number;
    }
  | { op: 'export'; path: string; format: 'zip' | 'binary'; includes?: string[]; excludes?: string[] }
  | { op: 'setPreviewScript'; source: string; type?: 'module' | 'importmap'; defer?: boolean; async?: boolean }
  | { op: 'teardown' };

export type BrokerOp = BrokerRequest['op'];

export type AppToBroker =
  | { type: 'request'; id: number; request: BrokerRequest }
  /** The app no longer waits; the broker drops the answer, and closes what the operation opened. */
  | { type: 'cancel'; id: number }
  | { type: 'credit'; process: number; units: number }
  | { type: 'input'; process: number; data: string }
  | { type: 'resize'; process: number; size: TerminalSize }
  | { type: 'kill'; process: number }
  | { type: 'unwatch'; watch: number };

const nothing = z.null();
const entryKind = z.enum(['file', 'directory']);

/** How the app parses the value of each operation's answer. */
export const RESULTS = {
  boot: z.object({ workdir: z.string().max(4096), path: z.string().max(65536) }),
  mount: nothing,
  readFile: z.instanceof(ArrayBuffer),
  writeFile: nothing,
  readdir: z.array(z.object({ name: z.string().max(4096), kind: entryKind })).max(1_000_000),
  rm: nothing,
  rename: nothing,
  mkdir: nothing,
  watch: nothing,
  spawn: nothing,
  export: z.instanceof(ArrayBuffer),
  setPreviewScript: nothing,
  teardown: nothing,
} satisfies Record<BrokerOp, z.ZodType>;

export type BrokerResult<O extends BrokerOp> = z.infer<(typeof RESULTS)[O]>;

/** A boot that stays in one stage for longer has failed there, in milliseconds. Stages come one after another, each within this. */
export const BOOT_STAGE_LIMIT = 20_000;

/** How far a boot came; the watchdog names the cause from the last one seen. `not-isolated` is an end: the browser gave the host no shared memory. */
export const bootStages = ['library', 'host-frame', 'host-loaded', 'host-init', 'built', 'not-isolated'] as const;
export type BootStage = (typeof bootStages)[number];

const id = z.number().int().nonnegative();
const shortText = z.string().max(16 * 1024);
const port = z.number().int().min(1).max(65535);

export const brokerErrorSchema = z.object({
  name: z.string().max(256),
  message: shortText,
  /** POSIX error name (`ENOENT`) or one of our codes, where there is one. */
  code: z.string().max(64).optional(),
});
export type BrokerErrorData = z.infer<typeof brokerErrorSchema>;

export const previewMessageSchema = z.object({
  type: z.enum(['PREVIEW_UNCAUGHT_EXCEPTION', 'PREVIEW_UNHANDLED_REJECTION', 'PREVIEW_CONSOLE_ERROR']),
  port,
  pathname: shortText,
  search: shortText,
  hash: shortText,
  message: shortText.optional(),
  stack: shortText.optional(),
});
export type PreviewMessageData = z.infer<typeof previewMessageSchema>;

/** Messages, broker -> app. */
export const brokerToAppSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), id, value: z.unknown() }),
  z.object({ type: z.literal('failure'), id, error: brokerErrorSchema }),
  z.object({ type: z.literal('boot-stage'), stage: z.enum(bootStages) }),
  z.object({ type: z.literal('output'), process: id, data: z.string().max(MAX_CHUNK) }),
  z.object({ type: z.literal('output-end'), process: id }),
  z.object({ type: z.literal('exit'), process: id, code: z.number().int() }),
  z.object({ type: z.literal('watch-event'), watch: id, event: z.enum(['rename', 'change']), path: z.string().max(4096) }),
  z.object({ type: z.literal('port'), port, state: z.enum(['open', 'close']), url: shortText }),
  z.object({ type: z.literal('server-ready'), port, url: shortText }),
  z.object({ type: z.literal('preview-message'), message: previewMessageSchema }),
  z.object({ type: z.literal('xdg-open'), target: shortText }),
  z.object({ type: z.literal('code'), kind: z.enum(['file', 'diff']), paths: z.array(z.string().max(4096)).max(16) }),
  z.object({ type: z.literal('error'), message: shortText }),
]);
export type BrokerToApp = z.infer<typeof brokerToAppSchema>;
