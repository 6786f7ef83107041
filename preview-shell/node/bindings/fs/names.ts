import { pathText, type FsSupport } from './support.ts';

const READDIR_PAGE_END = null;

/** All entries of a directory: names and `uv_dirent_type_t`. */
/** R_OK | W_OK | X_OK of access(2). */
const ACCESS_ALL = 7;

export function readEntries(fs: FsSupport, path: string): { names: string[]; types: number[] } {
  const names: string[] = [];
  const types: number[] = [];
  for (let more = true, after: string | undefined; more; after = names.at(-1)) {
    const page = fs.call('fs.readdir', path, after) as readonly (string | number | null)[];
    more = page.at(-1) === READDIR_PAGE_END && page.length > 0;
    for (let i = 0; i + 1 < page.length; i += 2) {
      names.push(page[i] as string);
      types.push(page[i + 1] as number);
    }
  }
  return { names, types };
}

/** The calls that look at and change names. */
export function nameCalls(fs: FsSupport) {
  const one = (syscall: string, operation: string) => (path: unknown, req: unknown) => {
    const text = pathText(path);
    return fs.run(req, { syscall, path: text }, () => fs.call(operation, text));
  };
  const two = (syscall: string, operation: string) => (from: unknown, to: unknown, req: unknown) => {
    const path = pathText(from);
    const dest = pathText(to);
    return fs.run(req, { syscall, path, dest }, () => fs.call(operation, path, dest));
  };
  const named = (syscall: string, operation: string) => (path: unknown, encoding: unknown, req: unknown) => {
    const text = pathText(path);
    return fs.run(req, { syscall, path: text }, () => fs.encode(fs.call(operation, text) as string, encoding));
  };

  return {
    rmdir: one('rmdir', 'fs.rmdir'),
    unlink: one('unlink', 'fs.unlink'),
    rename: two('rename', 'fs.rename'),
    link: two('link', 'fs.link'),
    symlink(target: unknown, path: unknown, _flags: unknown, req: unknown) {
      return two('symlink', 'fs.symlink')(target, path, req);
    },
    readlink: named('readlink', 'fs.readlink'),
    realpath: named('realpath', 'fs.realpath'),
    mkdtemp(prefix: unknown, encoding: unknown, req: unknown) {
      const text = pathText(prefix);
      return fs.run(req, { syscall: 'mkdtemp', path: `${text}XXXXXX` }, () => fs.encode(fs.call('fs.mkdtemp', text) as string, encoding));
    },
    mkdir(path: unknown, mode: number, recursive: boolean, req: unknown) {
      const text = pathText(path);
      return fs.run(req, { syscall: 'mkdir', path: text }, () => fs.call('fs.mkdir', text, mode, recursive));
    },
    readdir(path: unknown, encoding: unknown, withTypes: boolean, req: unknown) {
      const text = pathText(path);
      return fs.run(req, { syscall: 'scandir', path: text }, () => {
        const { names, types } = readEntries(fs, text);
        const encoded = names.map((name) => fs.encode(name, encoding));
        return withTypes ? [encoded, types] : encoded;
      });
    },
    access(path: unknown, mode: number | undefined, req: unknown) {
      if (mode !== undefined && (mode < 0 || mode > ACCESS_ALL)) throw Object.assign(new RangeError('mode is out of range: >= 0 && <= 7'), { code: 'ERR_OUT_OF_RANGE' });
      const text = pathText(path);
      return fs.run(req, { syscall: 'access', path: text }, () => fs.call('fs.access', text, mode ?? 0));
    },
    existsSync: (path: unknown) => fs.moduleStat(pathText(path)) >= 0,
  };
}

/** chmod, chown, utimes and their variants for descriptors and links. */
export function attributeCalls(fs: FsSupport) {
  const onPath = (syscall: string, operation: string, follow: boolean) => (path: unknown, a: number, b: number, req: unknown) => {
    const text = pathText(path);
    return fs.run(req, { syscall, path: text }, () => fs.call(operation, text, a, b, follow));
  };
  const onDescriptor = (syscall: string, operation: string) => (fd: number, a: number, b: number, req: unknown) =>
    fs.run(req, { syscall }, () => fs.call(operation, fd, a, b));

  return {
    chmod(path: unknown, mode: number, req: unknown) {
      const text = pathText(path);
      return fs.run(req, { syscall: 'chmod', path: text }, () => fs.call('fs.chmod', text, mode));
    },
    fchmod: (fd: number, mode: number, req: unknown) => fs.run(req, { syscall: 'fchmod' }, () => fs.call('fs.chmod', fd, mode)),
    chown: onPath('chown', 'fs.chown', true),
    lchown: onPath('lchown', 'fs.chown', false),
    fchown: onDescriptor('fchown', 'fs.chown'),
    utimes: onPath('utime', 'fs.utimes', true),
    lutimes: onPath('lutime', 'fs.utimes', false),
    futimes: onDescriptor('futime', 'fs.utimes'),
  };
}
