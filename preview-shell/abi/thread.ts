/** How a thread (a process's main thread or a worker thread) comes to life. Sent once to a warm Worker. */

/** What execve(2) gives a program, plus where Node starts. */
export interface ProcessImage {
  pid: number;
  ppid: number;
  /** argv[0] is the command as typed; the program is `execPath`. */
  argv: string[];
  /** Options of Node's own (`--import`, `-e`), as `process.execArgv`. */
  execArgv: string[];
  execPath: string;
  env: Record<string, string>;
  cwd: string;
  umask: number;
  /** Whether asynchronous contexts survive in its threads (node/async-context): decided once, for text that was not prepared cannot be trusted with them later. */
  carriesContext: boolean;
}

export interface ThreadStart {
  abi: number;
  threadId: number;
  image: ProcessImage;
  /** System call channel, see abi/channel.ts. */
  channel: SharedArrayBuffer;
  /** KernelEvent in, ThreadNote out. */
  events: MessagePort;
  /** Packs the kernel has in memory, by hash; later ones come with `pack` messages on `events` or are read through the kernel. */
  packs: Map<string, SharedArrayBuffer>;
  /** One Int32 that is another after each change of what a name of the disk stands for (DK-N1). */
  names: SharedArrayBuffer;
  /** Set for a worker thread: what `new Worker()` was given. */
  worker?: { port: MessagePort; payload: unknown; parentThreadId: number };
}
