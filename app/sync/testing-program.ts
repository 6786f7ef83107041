/** For tests: a program in the container, as far as files are concerned: the kernel's own system calls, with a process's record of reads. */
import type { Value } from '../../preview-shell/abi/codec.ts';
import { DescriptorTable } from '../../preview-shell/kernel/descriptors/table.ts';
import { O_APPEND, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../preview-shell/kernel/disk/constants.ts';
import { fsSyscalls, type Disk } from '../../preview-shell/kernel/disk/index.ts';
import { ReadRecord } from '../../preview-shell/kernel/disk/read-record.ts';
import type { Caller } from '../../preview-shell/kernel/syscall.ts';
import { ROOT } from './testing.ts';

export interface Program {
  read(path: string): string;
  write(path: string, text: string): void;
  append(path: string, text: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Empties it now and writes when told: what is on the disk between is nobody's result. */
  truncate(path: string): { finish(text: string): void };
}

export function newProgram(disk: Disk): Program {
  const calls = fsSyscalls(disk);
  const process = { pid: 1, pgid: 1, terminal: undefined, descriptors: new DescriptorTable(), reads: new ReadRecord(), cwd: ROOT, umask: 0o022 };
  const caller: Caller = { threadId: 1, process, signal: new AbortController().signal, emit: () => undefined };
  const call = (name: string, ...args: Value[]): Value | void => {
    const result = calls[name]?.(caller, args);
    if (result instanceof Promise) throw new Error(`${name} was to answer at once`);
    return result;
  };
  const bytes = (text: string) => new TextEncoder().encode(text);
  return {
    read: (path) => new TextDecoder().decode(call('fs.readFile', path, O_RDONLY) as Uint8Array),
    write(path, text) {
      if (path.includes('/')) call('fs.mkdir', path.slice(0, path.lastIndexOf('/')), 0o777, true);
      call('fs.writeFile', path, bytes(text), O_WRONLY | O_CREAT | O_TRUNC, 0o644);
    },
    append: (path, text) => void call('fs.writeFile', path, bytes(text), O_WRONLY | O_CREAT | O_APPEND, 0o644),
    rename: (from, to) => void call('fs.rename', from, to),
    remove: (path) => void call('fs.unlink', path),
    truncate(path) {
      const fd = call('fs.open', path, O_WRONLY | O_CREAT | O_TRUNC, 0o644) as number;
      return {
        finish(text) {
          call('fs.write', fd, bytes(text), null);
          call('fs.close', fd);
        },
      };
    },
  };
}
