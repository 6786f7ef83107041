/** Texts of strerror(3) for the codes that file and process calls give. */
const MESSAGES: Record<string, string> = {
  EACCES: 'Permission denied', EADDRINUSE: 'Address already in use', EBADF: 'Bad file descriptor', EBUSY: 'Device or resource busy',
  ECONNREFUSED: 'Connection refused', ECONNRESET: 'Connection reset by peer', EEXIST: 'File exists', EFBIG: 'File too large',
  EINTR: 'Interrupted system call', EINVAL: 'Invalid argument', EIO: 'Input/output error', EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links', EMFILE: 'Too many open files', ENAMETOOLONG: 'File name too long',
  ENOENT: 'No such file or directory', ENOEXEC: 'Exec format error', ENOMEM: 'Cannot allocate memory', ENOSPC: 'No space left on device',
  ENOSYS: 'Function not implemented', ENOTDIR: 'Not a directory', ENOTEMPTY: 'Directory not empty', ENOTSUP: 'Operation not supported',
  EPERM: 'Operation not permitted', EPIPE: 'Broken pipe', EROFS: 'Read-only file system', ESRCH: 'No such process',
  ESPIPE: 'Illegal seek', ETIMEDOUT: 'Connection timed out', EXDEV: 'Invalid cross-device link', E2BIG: 'Argument list too long',
  ENXIO: 'No such device or address', EMLINK: 'Too many links', ETXTBSY: 'Text file busy', ECHILD: 'No child processes',
};

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The sentence that a POSIX tool prints for an error of a call. */
export function errorText(error: unknown): string {
  const code = errorCode(error);
  if (code !== undefined && MESSAGES[code] !== undefined) return MESSAGES[code];
  return error instanceof Error ? error.message : String(error);
}

/** Writing to something that nobody reads any more: what SIGPIPE tells a process. */
export class BrokenPipe extends Error {
  constructor() {
    super('Broken pipe');
  }
}

/** Ends a tool with one line on standard error, `name: message`. */
export class ToolError extends Error {
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** Wrong use of a tool; GNU's second line points to the help. */
export class UsageError extends ToolError {}
