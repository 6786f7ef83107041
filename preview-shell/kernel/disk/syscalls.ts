/** `fs.*`: what node/bindings/fs.ts, fs_dir.ts, fs_event_wrap.ts and modules.ts ask of the kernel. */
import { MAX_TRANSFER } from '../../abi/channel.ts';
import type { Value } from '../../abi/codec.ts';
import { SysError } from '../../abi/errno.ts';
import type { OpenFile, PackedRange } from '../descriptors/open-file.ts';
import { asBytes, asNumber, asString } from '../process/arguments.ts';
import type { Caller, Syscall, SyscallTable } from '../syscall.ts';
import { chmod, chown, utimes } from './attributes.ts';
import { X_OK } from './constants.ts';
import type { DeviceOpener, Disk, PathBase } from './disk.ts';
import { DirectoryInode, entriesOf, FileInode, sizeOf, statOf, type Inode } from './inode.ts';
import { link, mkdir, mkdirp, mkdtemp, rename, rmdir, symlink, unlink } from './names.ts';
import { DiskFile, inodeOf } from './open-disk-file.ts';
import { PackFileSource } from './pack-tree.ts';
import { remove } from './remove-tree.ts';
import { whenLoaded } from './suspend.ts';
import { copyFile, readWhole, statfs, writeWhole } from './whole-files.ts';

/** The table of one disk. Calls that need bytes which are still on their way keep their thread blocked until they are there. */
export function fsSyscalls(disk: Disk): SyscallTable {
  const table = {
    ...descriptorCalls(disk), ...attributeCalls(disk), ...nameCalls(disk), ...wholeFileCalls(disk), ...watchCalls(disk), ...moduleCalls(disk),
  };
  return Object.fromEntries(Object.entries(table).map(([name, call]) => [name, retrying(call)]));
}

const retrying = (call: Syscall): Syscall => (caller, args) => whenLoaded(() => call(caller, args));

/** What `open` makes of /dev/tty and /dev/fd/N: the description that the process has there. */
function deviceOpener(caller: Caller): DeviceOpener {
  const { descriptors } = caller.process;
  return (device) => {
    if (device.startsWith('fd/')) return descriptors.get(Number(device.slice(3)));
    for (const [, file] of descriptors) if (file.kind === 'tty') return file;
    throw new SysError('ENXIO', 'the process has no terminal');
  };
}

const position = (value: Value | undefined): number | null => {
  if (value === null || value === undefined || value === -1 || value === -1n) return null;
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) throw new SysError('EINVAL', 'position');
  return number;
};

const asTime = (value: Value | undefined): number => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new SysError('EINVAL', 'a time was expected');
  return value;
};

const transfer = (result: Uint8Array | PackedRange): Value => (result instanceof Uint8Array ? result : { ...result });

function descriptorCalls(disk: Disk): Record<string, Syscall> {
  const fileOf = (caller: Caller, fd: Value | undefined): OpenFile => {
    const file = caller.process.descriptors.get(asNumber(fd));
    // A description may be another process's, inherited: who uses it reads and writes.
    if (file instanceof DiskFile) file.reads = caller.process.reads;
    return file;
  };
  return {
    'fs.open'(caller, [path, flags, mode]) {
      const { process } = caller;
      return process.descriptors.open(disk.open(asString(path), asNumber(flags), asNumber(mode), process, deviceOpener(caller)));
    },
    'fs.close'({ process }, [fd]) {
      process.descriptors.close(asNumber(fd));
    },
    'fs.read'(caller, [fd, length, at]) {
      const result = fileOf(caller, fd).read(Math.min(asNumber(length), MAX_TRANSFER), position(at), caller.signal);
      return result instanceof Promise ? result : transfer(result);
    },
    'fs.write'(caller, [fd, bytes, at]) {
      return fileOf(caller, fd).write(asBytes(bytes), position(at), caller.signal);
    },
    'fs.fstat': (caller, [fd]) => fileOf(caller, fd).stat(),
    'fs.ftruncate'(caller, [fd, size]) {
      const file = fileOf(caller, fd);
      if (!(file instanceof DiskFile)) throw new SysError('EINVAL', 'not a regular file');
      if (typeof size !== 'number' || size < 0) throw new SysError('EINVAL');
      if (size > Number.MAX_SAFE_INTEGER) throw new SysError('EFBIG');
      file.truncate(size);
    },
    /** Answers when everything that has been written is in the browser's storage. */
    'fs.fsync'(caller, [fd]) {
      fileOf(caller, fd);
      return disk.flush();
    },
    'fs.kind': (caller, [fd]) => fileOf(caller, fd).kind,
  };
}

function attributeCalls(disk: Disk): Record<string, Syscall> {
  const target = ({ process }: Caller, path: Value | undefined, follow: Value | undefined): Inode =>
    typeof path === 'number' ? described(process.descriptors.get(path)) : disk.lookup(asString(path), process, follow !== false);
  return {
    /** `undefined` in place of ENOENT and ENOTDIR when `quiet`. */
    'fs.stat'({ process }, [path, follow, quiet]) {
      const inode = quiet === true ? disk.find(asString(path), process, follow === true) : disk.lookup(asString(path), process, follow === true);
      return inode === undefined ? undefined : statOf(inode);
    },
    'fs.access'({ process }, [path, mode]) {
      disk.access(asString(path), asNumber(mode), process);
    },
    'fs.chmod'(caller, [path, mode, follow]) {
      chmod(disk, target(caller, path, follow), asNumber(mode));
    },
    'fs.chown'(caller, [path, uid, gid, follow]) {
      chown(disk, target(caller, path, follow), asNumber(uid), asNumber(gid));
    },
    'fs.utimes'(caller, [path, atime, mtime, follow]) {
      utimes(disk, target(caller, path, follow), asTime(atime), asTime(mtime));
    },
    'fs.statfs'({ process }, [path]) {
      disk.lookup(asString(path), process);
      return statfs(disk);
    },
  };
}

function described(file: OpenFile): Inode {
  const inode = inodeOf(file);
  if (inode === undefined) throw new SysError('EPERM', 'not a file of the disk');
  return inode;
}

function nameCalls(disk: Disk): Record<string, Syscall> {
  return {
    'fs.mkdir'({ process }, [path, mode, recursive]) {
      if (recursive === true) return mkdirp(disk, asString(path), asNumber(mode), process);
      return mkdir(disk, asString(path), asNumber(mode), process);
    },
    'fs.rmdir': ({ process }, [path]) => rmdir(disk, asString(path), process),
    'fs.unlink': ({ process }, [path]) => unlink(disk, asString(path), process),
    'fs.rename': ({ process }, [from, to]) => rename(disk, asString(from), asString(to), process),
    'fs.link': ({ process }, [from, to]) => link(disk, asString(from), asString(to), process),
    'fs.symlink': ({ process }, [target, path]) => symlink(disk, asString(target), asString(path), process),
    'fs.readlink': ({ process }, [path]) => disk.readlink(asString(path), process),
    'fs.realpath': ({ process }, [path]) => disk.realpath(asString(path), process),
    'fs.mkdtemp': ({ process }, [prefix]) => mkdtemp(disk, asString(prefix), process),
    'fs.rm'({ process }, [path, recursive, force]) {
      remove(disk, asString(path), { recursive: recursive === true, force: force === true }, process);
    },
    'fs.readdir': ({ process }, [path, after]) => listing(disk, asString(path), after, process),
  };
}

/** Entries of one reply; a directory with more is read on from the last name. */
const LISTING_MAX = 2000;

/** Name and `uv_dirent_type_t` in turn; a `null` at the end when there are more. */
function listing(disk: Disk, path: string, after: Value | undefined, base: PathBase): Value {
  const entries = disk.list(path, base);
  const start = typeof after === 'string' ? entries.findIndex(([name]) => name === after) + 1 : 0;
  const page: Value[] = [];
  for (const [name, inode] of entries.slice(start, start + LISTING_MAX)) page.push(name, inode.direntType);
  if (entries.length > start + LISTING_MAX) page.push(null);
  return page;
}

function wholeFileCalls(disk: Disk): Record<string, Syscall> {
  return {
    /** Bytes, a place in a pack, or a descriptor that the caller reads in pieces and closes. */
    'fs.readFile'(caller, [path, flags]) {
      const { process } = caller;
      const result = readWhole(disk, asString(path), asNumber(flags), process, deviceOpener(caller));
      return 'kind' in result ? process.descriptors.open(result) : transfer(result);
    },
    /** Bytes anywhere in a pack, for a thread that does not have it in memory. */
    'fs.packBytes': (_caller, [pack, offset, length]) => disk.packBytes(asString(pack), asNumber(offset), Math.min(asNumber(length), MAX_TRANSFER)),
    'fs.writeFile'(caller, [path, bytes, flags, mode]) {
      return writeWhole(disk, asString(path), asBytes(bytes), asNumber(flags), asNumber(mode), caller.process, deviceOpener(caller));
    },
    'fs.copyFile': ({ process }, [from, to, mode]) => copyFile(disk, asString(from), asString(to), asNumber(mode), process),
  };
}

function watchCalls(disk: Disk): Record<string, Syscall> {
  return {
    /** @returns the number that `watch` events carry. */
    'fs.watch'(caller, [path, recursive]) {
      const inode = disk.lookup(asString(path), caller.process);
      const label = asString(path).replace(/\/+$/, '').split('/').at(-1) ?? '';
      const id = disk.threadWatches.newId();
      const end = disk.watches.watch(inode, label, recursive === true, (event, filename) => caller.emit({ type: 'watch', id, event, filename }));
      if (disk.threadWatches.add(caller.threadId, id, end)) {
        caller.signal.addEventListener('abort', () => disk.threadWatches.endThread(caller.threadId), { once: true });
      }
      return id;
    },
    'fs.unwatch': ({ threadId }, [id]) => disk.threadWatches.end(threadId, asNumber(id)),
  };
}

/** A thread that asks for one name of a larger directory asks for each. */
const NAMES_AT_ONCE = 2000;

function moduleCalls(disk: Disk): Record<string, Syscall> {
  return {
    /** `InternalModuleStat` of node_file.cc: 0 for what is no directory, 1 for a directory, negative when it cannot be had. */
    'fs.moduleStat'({ process }, [path]) {
      try {
        return disk.lookup(asString(path), process) instanceof DirectoryInode ? 1 : 0;
      } catch (error) {
        if (error instanceof SysError) return error.errno;
        throw error;
      }
    },
    /** First bytes of a file, to tell WebAssembly from JavaScript. */
    'fs.head'({ process }, [path, length]) {
      const inode = disk.lookup(asString(path), process);
      return inode instanceof FileInode ? inode.content.read(0, Math.min(asNumber(length), sizeOf(inode))) : new Uint8Array(0);
    },
    /** Where a packed file's bytes and what is known of its code lie (shared/module-code/facts.ts): two ranges of one pack; undefined for other files. */
    'fs.packedCode'({ process }, [path]) {
      const inode = disk.lookup(asString(path), process);
      const source = inode instanceof FileInode ? inode.content.source : undefined;
      if (!(source instanceof PackFileSource) || source.facts === undefined) return undefined;
      return { text: transfer(source.range(0, source.size)), facts: transfer(source.facts) };
    },
    /**
     * What names a directory has: directories, then what is none, then links and the rest, for `fs.moduleStat` to tell. Undefined where the path
     * is no directory that may be passed through; null for a directory with more than is worth sending.
     */
    'fs.moduleNames'({ process }, [path]) {
      const directory = passable(disk, asString(path), process);
      if (directory === undefined) return undefined;
      const entries = entriesOf(directory);
      if (entries.size > NAMES_AT_ONCE) return null;
      const names: [string[], string[], string[]] = [[], [], []];
      for (const [name, inode] of entries) names[inode instanceof DirectoryInode ? 0 : inode instanceof FileInode ? 1 : 2].push(name);
      return names;
    },
  };
}

function passable(disk: Disk, path: string, base: PathBase): DirectoryInode | undefined {
  try {
    const inode = disk.lookup(path, base);
    disk.permit(inode, X_OK);
    return inode instanceof DirectoryInode ? inode : undefined;
  } catch (error) {
    if (error instanceof SysError) return undefined;
    throw error;
  }
}
