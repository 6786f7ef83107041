/** A child whose caller is blocked until it has ended: the kernel feeds it and collects what it says (SyncProcessRunner of Node). */
import { SysError } from '../../abi/errno.ts';
import type { StreamEnd } from '../streams/pipe.ts';
import type { Process, ExitStatus } from './process.ts';
import type { ProcessTable } from './table.ts';
import type { ParsedSpawn } from './spawn-request.ts';

export interface SyncLimits {
  /** Milliseconds; 0 is no limit. */
  timeout: number;
  /** Bytes of all outputs together. */
  maxBuffer: number;
  killSignal: number | string;
}

export interface SyncResult extends ExitStatus {
  pid: number;
  error: 'ETIMEDOUT' | 'ENOBUFS' | null;
  /** By the child's descriptor; null for what is no output pipe. */
  outputs: (Uint8Array | null)[];
}

/** Feeds `child`, started with `spawn`, and waits for its end. */
export async function spawnSync(table: ProcessTable, child: Process, spawn: ParsedSpawn, inputs: ReadonlyMap<number, Uint8Array>, limits: SyncLimits): Promise<SyncResult> {
  let error: SyncResult['error'] = null;
  const stop = (reason: NonNullable<SyncResult['error']>): void => {
    if (error !== null) return;
    error = reason;
    killChild(table, child, limits.killSignal);
  };
  const timer = limits.timeout > 0 ? setTimeout(() => stop('ETIMEDOUT'), limits.timeout) : undefined;
  const collectors = [...spawn.pipes].map(([fd, end]) => new Collector(fd, end));
  let collected = 0;
  for (const collector of collectors) {
    collector.feed(inputs.get(collector.fd));
    collector.start((bytes) => {
      collected += bytes;
      if (collected > limits.maxBuffer) stop('ENOBUFS');
    });
  }
  const status = await child.exited;
  clearTimeout(timer);
  // A grandchild may hold the pipes longer: Node waits for it, unless it has killed the child.
  if (error === null) await Promise.all(collectors.map(({ ended }) => ended));
  for (const collector of collectors) collector.close();
  return { ...status, pid: child.pid, error, outputs: outputsOf(spawn, collectors) };
}

function killChild(table: ProcessTable, child: Process, signal: number | string): void {
  try {
    table.kill(child.pid, signal);
  } catch (error) {
    // It has ended by itself in the meantime.
    if (!(error instanceof SysError) || error.code !== 'ESRCH') throw error;
  }
}

function outputsOf({ request }: ParsedSpawn, collectors: readonly Collector[]): (Uint8Array | null)[] {
  return Array.from(request.stdio, (_, fd) => (fd === 0 ? null : (collectors.find((collector) => collector.fd === fd)?.output() ?? null)));
}

class Collector {
  readonly fd: number;
  readonly ended: Promise<void>;
  private readonly end: StreamEnd;
  private readonly settle: () => void;
  private readonly chunks: Uint8Array[] = [];

  constructor(fd: number, end: StreamEnd) {
    this.fd = fd;
    this.end = end;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.settle = resolve;
  }

  feed(input: Uint8Array | undefined): void {
    if (input !== undefined) this.end.writeQueued(input, () => {});
    this.end.shutdown();
  }

  start(onBytes: (bytes: number) => void): void {
    const reader = this.end.readStart({
      data: (bytes) => {
        if (bytes === null) {
          this.settle();
          return;
        }
        this.chunks.push(bytes);
        reader.acknowledge(bytes.length);
        onBytes(bytes.length);
      },
      error: () => this.settle(),
    });
  }

  close(): void {
    this.end.release();
  }

  output(): Uint8Array {
    const joined = new Uint8Array(this.chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of this.chunks) {
      joined.set(chunk, at);
      at += chunk.length;
    }
    return joined;
  }
}
