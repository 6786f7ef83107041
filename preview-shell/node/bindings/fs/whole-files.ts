import { MAX_TRANSFER } from '../../../abi/channel.ts';
import { SysError } from '../../../abi/errno.ts';
import { pathText, type CallSite, type FsSupport } from './support.ts';
import { copyRange, isRange, readToEnd, writeFrom } from './transfer.ts';

const O_ACCMODE = 3;
const O_TRUNC = 0o1000;
/** What write(2) rather than open(2) fails with when a file is written as a whole. */
const WRITE_ERRORS = new Set(['ENOSPC', 'EFBIG', 'EPIPE', 'EIO', 'EDQUOT']);
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** A file's bytes in one call where they fit, else in pieces. @throws {SysError} */
export function readWhole(fs: FsSupport, path: string, flags: number): Uint8Array {
  const result = fs.call('fs.readFile', path, flags);
  if (typeof result === 'number') return readAndClose(fs, result);
  if (!isRange(result)) return result as Uint8Array;
  const bytes = new Uint8Array(result.length);
  copyRange(fs, result, bytes);
  return bytes;
}

function readAndClose(fs: FsSupport, fd: number): Uint8Array {
  try {
    return readToEnd(fs, fd);
  } finally {
    fs.call('fs.close', fd);
  }
}

function writeWhole(fs: FsSupport, path: string, bytes: Uint8Array, flags: number, mode: number): void {
  if (bytes.length <= MAX_TRANSFER) {
    fs.call('fs.writeFile', path, bytes, flags, mode);
    return;
  }
  const fd = fs.call('fs.open', path, flags, mode) as number;
  try {
    writeFrom(fs, fd, bytes, null);
  } finally {
    fs.call('fs.close', fd);
  }
}

/** Which of the calls inside has failed. */
function siteOf(error: unknown, path: string, flags: number): CallSite {
  const code = error instanceof SysError ? error.code : '';
  if (code === 'EISDIR' && (flags & O_ACCMODE) === 0 && (flags & O_TRUNC) === 0) return { syscall: 'read' };
  return WRITE_ERRORS.has(code) ? { syscall: 'write' } : { syscall: 'open', path };
}

export function wholeFileCalls(fs: FsSupport) {
  return {
    readFileUtf8(path: unknown, flags: number): string {
      if (typeof path === 'number') return decoder.decode(fs.sync({ syscall: 'read' }, () => readToEnd(fs, path)));
      const text = pathText(path);
      try {
        return decoder.decode(readWhole(fs, text, flags));
      } catch (error) {
        throw fs.exception(error, siteOf(error, text, flags));
      }
    },
    writeFileUtf8(path: unknown, data: string, flags: number, mode: number): void {
      const bytes = encoder.encode(data);
      if (typeof path === 'number') {
        fs.sync({ syscall: 'write' }, () => writeFrom(fs, path, bytes, null));
        return;
      }
      const text = pathText(path);
      try {
        writeWhole(fs, text, bytes, flags, mode);
      } catch (error) {
        throw fs.exception(error, siteOf(error, text, flags));
      }
    },
    copyFile(from: unknown, to: unknown, mode: number | undefined, req: unknown) {
      const path = pathText(from);
      const dest = pathText(to);
      return fs.run(req, { syscall: 'copyfile', path, dest }, () => fs.call('fs.copyFile', path, dest, mode ?? 0));
    },
  };
}
