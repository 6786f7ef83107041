import { concatenate, encodeText } from '../string-bytes.ts';
import { SysError } from '../../../abi/errno.ts';
import type { requestClasses } from './requests.ts';
import { pathText, type FsSupport } from './support.ts';
import { bytesOf, positionOf, readInto, writeFrom } from './transfer.ts';

/** Where `fs.writeSync` wants its error: filled in place of throwing (node_file.cc, FSReqWrapSync with a context object). */
interface ErrorContext {
  errno?: number;
  code?: string;
  syscall?: string;
}

/** The calls on descriptors: open, close, read, write and their kin. */
export function descriptorCalls(fs: FsSupport, { FileHandle }: ReturnType<typeof requestClasses>) {
  const open = (path: string, flags: number, mode: number) => fs.call('fs.open', path, flags, mode) as number;
  const onDescriptor = (syscall: string, operation: string) => (fd: number, req: unknown) => {
    const valid = fs.descriptor(fd);
    return fs.run(req, { syscall }, () => fs.call(operation, valid));
  };

  const write = (bytes: () => Uint8Array, fd: number, position: unknown, req: unknown, context: ErrorContext | undefined) => {
    const operation = () => writeFrom(fs, fd, bytes(), positionOf(position));
    if (context === undefined) return fs.run(req, { syscall: 'write' }, operation);
    try {
      return operation();
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      Object.assign(context, { errno: error.errno, syscall: 'write', code: error.code });
      return undefined;
    }
  };

  return {
    open(path: unknown, flags: number, mode: number, req: unknown) {
      const text = pathText(path);
      return fs.run(req, { syscall: 'open', path: text }, () => open(text, flags, mode));
    },
    openFileHandle(path: unknown, flags: number, mode: number, req: unknown) {
      const text = pathText(path);
      return fs.run(req, { syscall: 'open', path: text }, () => new FileHandle(open(text, flags, mode)));
    },
    close: onDescriptor('close', 'fs.close'),
    fsync: onDescriptor('fsync', 'fs.fsync'),
    fdatasync: onDescriptor('fdatasync', 'fs.fsync'),
    ftruncate: (fd: number, length: number, req: unknown) => fs.run(req, { syscall: 'ftruncate' }, () => fs.call('fs.ftruncate', fd, length)),
    read(fd: number, buffer: ArrayBufferView, offset: number, length: number, position: unknown, req: unknown) {
      const target = bytesOf(buffer).subarray(offset, offset + length);
      return fs.run(req, { syscall: 'read' }, () => readInto(fs, fd, target, positionOf(position)));
    },
    readBuffers(fd: number, buffers: readonly ArrayBufferView[], position: unknown, req: unknown) {
      return fs.run(req, { syscall: 'read' }, () => readVector(fs, fd, buffers.map(bytesOf), position));
    },
    writeBuffer(fd: number, buffer: ArrayBufferView, offset: number, length: number, position: unknown, req: unknown, context?: ErrorContext) {
      return write(() => bytesOf(buffer).subarray(offset, offset + length), fd, position, req, context);
    },
    writeBuffers(fd: number, buffers: readonly ArrayBufferView[], position: unknown, req: unknown) {
      return write(() => concatenate(buffers.map(bytesOf)), fd, position, req, undefined);
    },
    writeString(fd: number, text: string, position: unknown, encoding: unknown, req: unknown, context?: ErrorContext) {
      return write(() => encodeText(text, typeof encoding === 'string' ? encoding : 'utf8'), fd, position, req, context);
    },
  };
}

function readVector(fs: FsSupport, fd: number, buffers: readonly Uint8Array[], position: unknown): number {
  let at = positionOf(position);
  let total = 0;
  for (const buffer of buffers) {
    const length = readInto(fs, fd, buffer, at);
    total += length;
    if (at !== null) at += length;
    if (length < buffer.length) break;
  }
  return total;
}
