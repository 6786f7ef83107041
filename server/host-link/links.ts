/**
 * What the server asks of an environment's host: the page (or headless browser) that holds the lease on its running container
 * (docs/architecture.md). Rules: SPEC.md. Every method rejects with a `TerrariumError`, or with the signal's reason.
 */

export interface HostLinks {
  /** The host, when there is one. */
  of(environmentId: string): HostLink | undefined;
  /** Wakes one where a waker is registered. @throws {TerrariumError} 1320 when no runtime is open */
  require(environmentId: string, signal: AbortSignal): Promise<HostLink>;
  /** Called when a host is asked for and none is there; resolves when one was started, which then claims the lease by itself. */
  setWaker(waker: Waker): void;
  /** Whether a host may be woken. */
  readonly canWake: boolean;
  /** Calls back whenever a host comes or goes; the result ends it. */
  onChange(listener: (environmentId: string, link: HostLink | undefined) => void): () => void;
}

export type Waker = (environmentId: string, signal: AbortSignal) => Promise<void>;

export interface HostLink {
  /** Grows with every grant of the environment's lease. */
  readonly epoch: number;
  /** Who holds it: a person's tab, or a browser that the server started. */
  readonly kind: 'person' | 'headless';
  /** Whether something is under way. */
  readonly busy: boolean;
  /** When it was last asked for something, in milliseconds since the epoch. */
  readonly usedAt: number;
  /** Aborted when the host is gone, with a `TerrariumError` that says why. */
  readonly ended: AbortSignal;
  run(command: RunCommand, signal: AbortSignal): RemoteProcess;
  ports(): Promise<{ port: number }[]>;
  processes(): Promise<HostProcess[]>;
  /** What its container uses. Asking is no use of the host (`usedAt`). */
  use(): Promise<HostUse>;
  /** Asks a server of the container; path and query of the request's URL count, its headers go as they are, but for those of one hop. */
  request(port: number, request: Request, signal: AbortSignal): Promise<Response>;
  /** `path` with its query; `headers` as in `request`, `sec-websocket-protocol` names the protocols that are offered. */
  webSocket(port: number, path: string, headers: Headers, signal: AbortSignal): Promise<RemoteSocket>;
  /** A typed question to the page: `CALLS` of shared/protocol/host-link.ts has name, input and answer. */
  call(name: string, input: unknown, signal: AbortSignal): Promise<unknown>;
}

export interface HostProcess {
  pid: number;
  ppid: number;
  command: string;
  threads: number;
  /** Milliseconds in which its threads ran code. */
  busyMs: number;
}

export interface HostUse {
  processes: HostProcess[];
  /** Milliseconds in which programs have run code since the container booted, those that have ended too, on all threads together. */
  busyMs: number;
  /** Bytes of packages in memory. */
  packBytes: number;
}

export interface RunCommand {
  command: string;
  args: string[];
  /** Absolute, or relative to the project. */
  cwd?: string;
  env?: Record<string, string>;
  /** Without one, standard input and output are pipes. */
  terminal?: { cols: number; rows: number };
}

export interface RemoteProcess {
  /** What it prints on both streams; a program waits while nobody reads. */
  readonly output: ReadableStream<string>;
  write(text: string): void;
  /** Closes standard input (of a terminal: types its end-of-file character). */
  endInput(): void;
  /** A name of signal(7), `SIGTERM`, to everything that the command started. */
  kill(signal: string): void;
  /** 128 + n after signal n. */
  readonly exit: Promise<number>;
}

export interface RemoteSocket {
  /** The protocol that the server chose, empty for none. */
  readonly protocol: string;
  /** Text, or bytes of a binary message; ends with the socket. */
  readonly messages: ReadableStream<string | Uint8Array<ArrayBuffer>>;
  /** Resolves when more may be sent. */
  send(message: string | Uint8Array): Promise<void>;
  close(code?: number, reason?: string): void;
  /** How the server closed it: 1006 when the connection broke. */
  readonly closed: Promise<{ code: number; reason: string }>;
}
