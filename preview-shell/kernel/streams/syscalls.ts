/**
 * `stream.*`, `fd.*` and `tty.*`: what the stream handles of Node's library (pipes, terminals, sockets) ask of the kernel.
 *
 * A handle calls `stream.attach(fd)` once and uses the number it answers from then on; events carry it too. So an event or
 * an acknowledgement that was under way when a descriptor was closed never reaches what has the number next.
 */
import { SysError } from '../../abi/errno.ts';
import type { ThreadNote } from '../../abi/events.ts';
import type { Value } from '../../abi/codec.ts';
import type { ByteSink, OpenFile, StreamReader } from '../descriptors/open-file.ts';
import type { Caller, SyscallTable } from '../syscall.ts';
import { createSocketPair } from './pipe.ts';
import { type Terminal, terminalOf } from './terminal.ts';

/** Standard streams belong to the process, whichever thread uses them. */
const LAST_STDIO = 2;

/** One thread's use of one descriptor as a stream. */
export interface Attachment {
  readonly id: number;
  readonly fd: number;
  readonly file: OpenFile;
  readonly caller: Caller;
  reader?: StreamReader | undefined;
}

/** All attachments of the container, by their number and by thread. */
export class Attachments {
  private readonly byId = new Map<number, Attachment>();
  private next = 1;

  attach(caller: Caller, fd: number): Attachment {
    const attachment: Attachment = { id: this.next++, fd, file: caller.process.descriptors.get(fd), caller };
    this.byId.set(attachment.id, attachment);
    return attachment;
  }

  /** @throws {SysError} EBADF for a number that is not of this thread. */
  get(caller: Caller, id: Value | undefined): Attachment {
    const attachment = typeof id === 'number' ? this.byId.get(id) : undefined;
    if (attachment === undefined || attachment.caller.threadId !== caller.threadId) throw new SysError('EBADF', 'no such stream');
    return attachment;
  }

  detach(attachment: Attachment): void {
    attachment.reader?.stop();
    attachment.reader = undefined;
    this.byId.delete(attachment.id);
  }

  /** A thread has ended: what it read from goes to other readers, and its descriptors are closed, as a worker thread's handles are. */
  forgetThread(threadId: number): void {
    for (const attachment of [...this.byId.values()]) {
      if (attachment.caller.threadId !== threadId) continue;
      this.detach(attachment);
      const { descriptors } = attachment.caller.process;
      const own = attachment.fd > LAST_STDIO && descriptors.has(attachment.fd) && descriptors.get(attachment.fd) === attachment.file;
      if (own) descriptors.close(attachment.fd);
    }
  }

  /** @returns whether the note was about a stream. */
  note(caller: Caller, note: ThreadNote): boolean {
    if (note.type !== 'ack') return false;
    const attachment = this.byId.get(note.stream);
    if (attachment?.caller.threadId === caller.threadId) attachment.reader?.acknowledge(note.bytes);
    return true;
  }
}

export function streamSyscalls(attachments: Attachments): SyscallTable {
  return { ...flowSyscalls(attachments), ...descriptorSyscalls(), ...terminalSyscalls() };
}

function flowSyscalls(attachments: Attachments): SyscallTable {
  return {
    'stream.attach': (caller, [fd]) => attachments.attach(caller, number(fd)).id,
    /** Ends the use of the descriptor, which stays open. */
    'stream.detach': (caller, [id]) => {
      attachments.detach(attachments.get(caller, id));
      return null;
    },
    /** Ends the use of the descriptor and closes it. */
    'stream.close': (caller, [id]) => {
      const attachment = attachments.get(caller, id);
      attachments.detach(attachment);
      caller.process.descriptors.close(attachment.fd);
      return null;
    },
    'stream.readStart': (caller, [id]) => {
      const attachment = attachments.get(caller, id);
      if (attachment.file.readStart === undefined) throw new SysError('EINVAL', 'the descriptor is not a stream');
      attachment.reader ??= attachment.file.readStart(sinkOf(attachment));
      return null;
    },
    'stream.readStop': (caller, [id]) => {
      const attachment = attachments.get(caller, id);
      attachment.reader?.stop();
      attachment.reader = undefined;
      return null;
    },
    /** True when complete; else a `drain` event follows. */
    'stream.write': (caller, [id, bytes]) => {
      const { file, fd, id: stream } = attachments.get(caller, id);
      if (file.writeQueued === undefined) throw new SysError('EINVAL', 'the descriptor is not a stream');
      return file.writeQueued(asBytes(bytes), (error) => caller.emit({ type: 'drain', fd, stream, ...(error === undefined ? {} : { error }) }));
    },
    /** A piece of a write that is too large for one call; the last piece goes through `stream.write`. */
    'stream.writePart': (caller, [id, bytes]) => {
      const { file } = attachments.get(caller, id);
      if (file.writeQueued === undefined) throw new SysError('EINVAL', 'the descriptor is not a stream');
      file.writeQueued(asBytes(bytes), () => {});
      return null;
    },
    /** Blocks until there is room (UV_HANDLE_BLOCKING_WRITES). */
    'stream.writeBlocking': (caller, [id, bytes]) => attachments.get(caller, id).file.write(asBytes(bytes), null, caller.signal),
    'stream.shutdown': (caller, [id]) => {
      const { file } = attachments.get(caller, id);
      if (file.shutdown === undefined) throw new SysError('ENOTSOCK');
      file.shutdown();
      return null;
    },
  };
}

function descriptorSyscalls(): SyscallTable {
  return {
    /** A socket whose other end is closed already: what a parent is left with when the program of a child cannot be executed. */
    'fd.closedSocket': ({ process }) => {
      const [mine, theirs] = createSocketPair();
      theirs.release();
      return process.descriptors.open(mine);
    },
    /** The kind of a descriptor; null when it is closed. */
    'fd.kind': ({ process }, [fd]) => (process.descriptors.has(number(fd)) ? process.descriptors.get(number(fd)).kind : null),
    'fd.close': ({ process }, [fd]) => {
      process.descriptors.close(number(fd));
      return null;
    },
    'fd.dup': ({ process }, [fd]) => process.descriptors.open(process.descriptors.get(number(fd)), { closeOnExec: false }),
    'fd.dup2': ({ process }, [from, to]) => {
      process.descriptors.set(number(to), process.descriptors.get(number(from)));
      return to;
    },
  };
}

function terminalSyscalls(): SyscallTable {
  return {
    'tty.size': (caller, [fd]) => {
      const { columns, rows } = terminal(caller, fd).size;
      return [columns, rows];
    },
    'tty.setRaw': (caller, [fd, raw]) => {
      const tty = terminal(caller, fd);
      tty.raw = raw === true;
      tty.rawBy = tty.raw ? caller.process.pid : 0;
      return null;
    },
    /** tcgetpgrp(3) */
    'tty.foreground': (caller, [fd]) => terminal(caller, fd).foreground,
    /** tcsetpgrp(3) */
    'tty.setForeground': (caller, [fd, pgid]) => {
      terminal(caller, fd).foreground = number(pgid);
      return null;
    },
  };
}

function terminal(caller: Caller, fd: Value | undefined): Terminal {
  const found = terminalOf(caller.process.descriptors.get(number(fd)));
  if (found === undefined) throw new SysError('ENOTTY');
  return found;
}

function sinkOf(attachment: Attachment): ByteSink {
  const { caller, fd, id: stream, file } = attachment;
  const tty = terminalOf(file);
  return {
    data: (bytes) => {
      if (bytes === null) attachment.reader = undefined;
      const owned = bytes === null ? null : transferable(bytes);
      caller.emit({ type: 'data', fd, stream, bytes: owned }, owned === null ? [] : [owned.buffer]);
    },
    error: (error) => {
      attachment.reader = undefined;
      caller.emit({ type: 'data', fd, stream, bytes: null, error });
    },
    ...(tty === undefined ? {} : { eligible: () => inForeground(caller, tty) }),
  };
}

/** A background process that reads its terminal would be stopped (SIGTTIN); here its read waits. */
function inForeground({ process }: Caller, tty: Terminal): boolean {
  return process.terminal !== tty || tty.foreground === 0 || tty.foreground === process.pgid;
}

/** The bytes in a buffer of their own, so that the buffer can be given away. */
function transferable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length) return bytes as Uint8Array<ArrayBuffer>;
  return new Uint8Array(bytes);
}

function number(value: Value | undefined): number {
  if (typeof value !== 'number') throw new SysError('EINVAL', 'a number was expected');
  return value;
}

function asBytes(value: Value | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new SysError('EINVAL', 'bytes were expected');
  return value;
}
