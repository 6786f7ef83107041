/** A stream socket: TCP on loopback, or a local one with a path (socket(7), tcp(7), unix(7)). */
import { SysError, type ErrnoName } from '../../abi/errno.ts';
import type { Value } from '../../abi/codec.ts';
import type { ByteSink, OpenFile, StreamReader } from '../descriptors/open-file.ts';
import { Fifo, type DrainListener } from '../streams/fifo.ts';
import { anonymousInode, anonymousStat, S_IFSOCK } from '../streams/stat.ts';
import type { Endpoint } from './address.ts';

export type AcceptListener = (connection: Socket) => void;

/** What a socket asks of the network when it ends. */
export interface SocketOwner {
  closed(socket: Socket): void;
}

export class Socket implements OpenFile {
  readonly kind: 'tcp' | 'unix';
  /** The process that made it; 0 is the kernel. */
  readonly pid: number;
  local: Endpoint | undefined;
  remote: Endpoint | undefined;
  v6Only = false;
  /** Set while it listens. */
  onAccept: AcceptListener | undefined;
  closed = false;
  /** The other end, once connected. */
  peer: Socket | undefined;
  private readonly owner: SocketOwner;
  private readonly inode = anonymousInode();
  private input: Fifo | undefined;
  private output: Fifo | undefined;

  constructor(kind: 'tcp' | 'unix', pid: number, owner: SocketOwner) {
    this.kind = kind;
    this.pid = pid;
    this.owner = owner;
  }

  get connected(): boolean {
    return this.input !== undefined;
  }

  /** Joins two sockets: what one writes the other reads. */
  static join(a: Socket, b: Socket): void {
    const there = new Fifo();
    const back = new Fifo();
    a.peer = b;
    b.peer = a;
    a.input = back;
    a.output = there;
    b.input = there;
    b.output = back;
  }

  read(length: number, position: number | null, signal: AbortSignal): Promise<Uint8Array> {
    if (position !== null) throw new SysError('ESPIPE');
    return connectedSide(this.input).read(length, signal);
  }

  write(bytes: Uint8Array, position: number | null, signal: AbortSignal): number | Promise<number> {
    if (position !== null) throw new SysError('ESPIPE');
    return connectedSide(this.output, 'EPIPE').write(bytes, signal);
  }

  stat(): Value {
    return anonymousStat(S_IFSOCK, this.inode);
  }

  readStart(sink: ByteSink): StreamReader {
    return connectedSide(this.input).start(sink);
  }

  writeQueued(bytes: Uint8Array, onDrain: DrainListener): boolean {
    return connectedSide(this.output, 'EPIPE').push(bytes, onDrain);
  }

  shutdown(): void {
    connectedSide(this.output).end();
  }

  /** RST: the peer's reads and writes fail, what is under way is lost. */
  reset(code: ErrnoName = 'ECONNRESET'): void {
    this.output?.fail(code);
    this.input?.fail(code);
    this.release();
  }

  /** close(2). Bytes that nobody read make it a reset (RFC 2525, 2.17), after what the peer still has to read. */
  release(): void {
    if (this.closed) return;
    this.closed = true;
    const unread = (this.input?.length ?? 0) > 0;
    this.output?.end(unread ? 'ECONNRESET' : undefined);
    this.input?.abandon(unread ? 'ECONNRESET' : 'EPIPE');
    this.owner.closed(this);
  }
}

function connectedSide(side: Fifo | undefined, code: ErrnoName = 'ENOTCONN'): Fifo {
  if (side === undefined) throw new SysError(code);
  return side;
}
