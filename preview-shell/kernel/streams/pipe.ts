/** Pipes (pipe(2)) and connected pairs of local sockets (socketpair(2)), which is what Node's `stdio: 'pipe'` is. */
import { SysError } from '../../abi/errno.ts';
import type { Value } from '../../abi/codec.ts';
import type { ByteSink, DescriptorKind, OpenFile, StreamReader } from '../descriptors/open-file.ts';
import { Fifo, type DrainListener } from './fifo.ts';
import { anonymousInode, anonymousStat, S_IFIFO, S_IFSOCK } from './stat.ts';

/** The end of a stream: reads from `input`, writes to `output`; either may be missing, as in a pipe's ends. */
export class StreamEnd implements OpenFile {
  readonly kind: DescriptorKind;
  private readonly input: Fifo | undefined;
  private readonly output: Fifo | undefined;
  private readonly inode = anonymousInode();

  constructor(kind: DescriptorKind, input: Fifo | undefined, output: Fifo | undefined) {
    this.kind = kind;
    this.input = input;
    this.output = output;
  }

  read(length: number, position: number | null, signal: AbortSignal): Promise<Uint8Array> {
    if (position !== null) throw new SysError('ESPIPE');
    return this.readable().read(length, signal);
  }

  write(bytes: Uint8Array, position: number | null, signal: AbortSignal): number | Promise<number> {
    if (position !== null) throw new SysError('ESPIPE');
    return this.writable().write(bytes, signal);
  }

  stat(): Value {
    return anonymousStat(this.kind === 'pipe' ? S_IFIFO : S_IFSOCK, this.inode);
  }

  readStart(sink: ByteSink): StreamReader {
    return this.readable().start(sink);
  }

  writeQueued(bytes: Uint8Array, onDrain: DrainListener): boolean {
    return this.writable().push(bytes, onDrain);
  }

  shutdown(): void {
    this.writable().end();
  }

  release(): void {
    this.input?.abandon();
    this.output?.end();
  }

  private readable(): Fifo {
    if (this.input === undefined) throw new SysError('EBADF', 'the descriptor is not open for reading');
    return this.input;
  }

  private writable(): Fifo {
    if (this.output === undefined) throw new SysError('EBADF', 'the descriptor is not open for writing');
    return this.output;
  }
}

export interface Pipe {
  readonly reader: StreamEnd;
  readonly writer: StreamEnd;
}

export function createPipe(): Pipe {
  const fifo = new Fifo();
  return { reader: new StreamEnd('pipe', fifo, undefined), writer: new StreamEnd('pipe', undefined, fifo) };
}

export function createSocketPair(): [StreamEnd, StreamEnd] {
  const there = new Fifo();
  const back = new Fifo();
  return [new StreamEnd('unix', back, there), new StreamEnd('unix', there, back)];
}
