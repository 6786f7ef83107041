/** Sentences for errors that leave the kernel as text, as libuv has them (uv_strerror). */
import type { ErrnoName, SysError } from '../../abi/errno.ts';

const MESSAGES: Partial<Record<ErrnoName, string>> = {
  EACCES: 'permission denied', EBADF: 'bad file descriptor', EBUSY: 'resource busy or locked', EEXIST: 'file already exists', EFBIG: 'file too large',
  EINVAL: 'invalid argument', EIO: 'i/o error', EISDIR: 'illegal operation on a directory', ELOOP: 'too many symbolic links encountered',
  ENAMETOOLONG: 'name too long', ENOENT: 'no such file or directory', ENOSPC: 'no space left on device', ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty', ENOTSUP: 'operation not supported on socket', ENXIO: 'no such device or address', EPERM: 'operation not permitted',
  EROFS: 'read-only file system', EXDEV: 'cross-device link not permitted',
};

/** `ENOENT: no such file or directory, open 'x'`, with code and path as Node's errors have them. */
export function fileError(error: SysError, syscall: string, path: string, dest?: string): Error {
  const target = dest === undefined ? `'${path}'` : `'${path}' -> '${dest}'`;
  const message = `${error.code}: ${MESSAGES[error.code] ?? 'unknown error'}, ${syscall} ${target}`;
  return Object.assign(new Error(message), { code: error.code, errno: error.errno, syscall, path, ...(dest === undefined ? {} : { dest }) });
}
