/** What runs a backend (row F7): one driver for each kind of runtime. The pool (pool.ts) is its only caller. */
import type { BackendEvent } from './events.ts';

/** A built backend. Equal digests are equal bundles. */
export interface BackendBundle {
  /** SHA-256 of the modules, in hexadecimal. */
  digest: string;
  /** Modules by name; the first one is the entry, a module worker with a `fetch` handler. */
  modules: readonly { name: string; kind: 'esm' | 'text' | 'data' | 'wasm'; content: string | Uint8Array }[];
  /** Source map of the entry (ECMA-426), for stacks. */
  sourceMap: string | undefined;
}

export interface BackendLimits {
  /** Of the program's own, without what the runtime takes for itself. */
  memoryMb: number;
  /** Of the database. */
  diskMb: number;
  /** Milliseconds without an answer to the health probe, after which the instance is killed: code cannot be stopped from inside. */
  stuckMs: number;
}

export interface BackendSpec {
  environmentId: string;
  bundle: BackendBundle;
  /** Variables and secrets, as the code sees them on `env`. */
  variables: Readonly<Record<string, string>>;
  /** Folder of the database. Never two processes on one (the pool sees to it). */
  dataDir: string;
  limits: BackendLimits;
  /** Unix socket of the environment's egress end; without one, nothing is reached. */
  egressSocket: string | undefined;
}

/** Where a running instance answers HTTP/1.1; only a request with this `X-Isolated-Auth` is taken. */
export interface BackendAddress {
  socketPath: string | undefined;
  port: number | undefined;
  auth: string;
}

/** The database of an instance, through the instance: nothing else opens its files while it runs. */
export interface BackendDatabase {
  /** @throws {TerrariumError} 1205 with SQLite's sentence */
  query(sql: string, parameters: readonly unknown[], signal: AbortSignal): Promise<{ columns: string[]; rows: unknown[][]; rowsRead: number; rowsWritten: number }>;
  /** All statements, or none. */
  batch(statements: readonly { sql: string; parameters?: readonly unknown[] }[], signal: AbortSignal): Promise<void>;
  bytes(signal: AbortSignal): Promise<number>;
}

export interface BackendStats {
  /** Resident, in bytes. */
  memory: number;
  /** Processor time since its start, in milliseconds. */
  cpuMs: number;
  /** Bytes of the data folder. */
  disk: number;
}

export interface BackendInstance {
  readonly address: BackendAddress;
  readonly database: BackendDatabase;
  readonly startedAt: number;
  /** Resolves when the process has ended, with why. */
  readonly ended: Promise<{ reason: 'stopped' | 'memory' | 'stuck' | 'crashed'; detail: string }>;
  stats(): Promise<BackendStats>;
  /** Ends it: politely, then by force. Resolves when no process has the data folder open. */
  stop(): Promise<void>;
}

export interface BackendDriver {
  readonly name: string;
  /** What of the isolation this machine lacks, as sentences for the log at start; empty where all is there. */
  warnings(): Promise<string[]>;
  /** Resolves when the health probe answers. Log lines, exceptions and rejections go to `events`. @throws {TerrariumError} 1201 (the code does not start, with its sentence) */
  start(spec: BackendSpec, events: (event: BackendEvent) => void, signal: AbortSignal): Promise<BackendInstance>;
  close(): Promise<void>;
}
