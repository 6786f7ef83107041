/** What a thread sends to the kernel with a port inside; all else goes through system calls. */
export interface StartThreadNote {
  type: 'start-thread';
  /** From `thread.reserve`. */
  threadId: number;
  env: Record<string, string>;
  execArgv: string[];
  /** The new thread's end of the pair whose other end its `Worker` object has. */
  port: MessagePort;
}
