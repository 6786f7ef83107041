/** What a handle of node:zlib drives (CompressionContext, node_zlib.cc). */
export interface ZlibFailure {
  message: string;
  error: number;
  code: string;
}

/** Bytes of room in the output, and of input, that are left. */
export interface Progress {
  room: number;
  left: number;
}

export interface CompressionContext {
  /** Consumes and produces what fits. */
  run(flush: number, input: Uint8Array | undefined, output: Uint8Array): Progress;
  /** What went wrong in the last run. */
  check(): ZlibFailure | undefined;
  reset(): ZlibFailure | undefined;
  params(level: number, strategy: number): ZlibFailure | undefined;
  close(): void;
}
