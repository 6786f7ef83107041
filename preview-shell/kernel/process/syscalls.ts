/** `proc.*`: processes as a thread sees them. */
import { SysError } from '../../abi/errno.ts';
import { MAX_TRANSFER } from '../../abi/channel.ts';
import type { Value } from '../../abi/codec.ts';
import { whenLoaded } from '../disk/suspend.ts';
import type { Caller, SyscallTable } from '../syscall.ts';
import { asBytes, asFields, asNumber, asSignal, asString } from './arguments.ts';
import type { Process } from './process.ts';
import { canHandle, parseSignal, SIGNALS } from './signals.ts';
import { parseSpawn } from './spawn-request.ts';
import { spawnSync, type SyncResult } from './spawn-sync.ts';
import type { ProcessTable } from './table.ts';

export function processSyscalls(table: ProcessTable): SyscallTable {
  return { ...lifeSyscalls(table), ...syncSyscalls(table), ...attributeSyscalls(table), ...signalSyscalls(table) };
}

function lifeSyscalls(table: ProcessTable): SyscallTable {
  return {
    /** Answers `{ pid, pipes: [[child descriptor, own descriptor]] }`; a `child-exit` event follows. */
    'proc.spawn': (caller, [request]) => whenLoaded(() => {
      const parent = table.get(caller.process.pid);
      const spawn = parseSpawn(parent, request, {});
      const child = table.spawn(spawn.request);
      void child.exited.then(({ code, signal }) => caller.emit({ type: 'child-exit', pid: child.pid, code, signal }));
      return { pid: child.pid, pipes: [...spawn.pipes].map(([fd, end]) => [fd, parent.descriptors.open(end)]) };
    }),
    /** Ends the process; the thread never hears an answer. */
    'proc.exit': ({ process }, [code]) => {
      table.end(table.get(process.pid), { code: asNumber(code) & 0xff, signal: null });
      return never();
    },
    /** The end of a process by a signal that its own code raised (`process.abort()`). */
    'proc.abort': ({ process }) => {
      table.end(table.get(process.pid), { code: 0, signal: 'SIGABRT' });
      return never();
    },
    /** waitpid(2) for one running child: blocks, answers `{ code, signal }`. @throws ECHILD */
    'proc.waitpid': ({ process, signal }, [pid]) => {
      const child = [...table.get(process.pid).children].find((candidate) => candidate.pid === pid);
      if (child === undefined) throw new SysError('ECHILD', String(pid));
      return interruptible(child.exited.then(({ code, signal: name }) => ({ code, signal: name })), signal);
    },
    'proc.list': () => table.list().map(describe),
  };
}

/** A child's input and output may be larger than one call: input is staged before, output fetched after. */
function syncSyscalls(table: ProcessTable): SyscallTable {
  const staged = new WeakMap<Caller, Map<number, Uint8Array[]>>();
  const results = new WeakMap<Caller, SyncResult>();
  return {
    'proc.spawnSyncInput': (caller, [fd, bytes]) => {
      const inputs = staged.get(caller) ?? new Map<number, Uint8Array[]>();
      staged.set(caller, inputs);
      inputs.set(asNumber(fd), [...(inputs.get(asNumber(fd)) ?? []), asBytes(bytes)]);
      return null;
    },
    /** Blocks until the child has ended. Answers `{ pid, code, signal, error, sizes }`. */
    'proc.spawnSync': async (caller, [request]) => {
      const inputs = new Map([...(staged.get(caller) ?? [])].map(([fd, chunks]) => [fd, join(chunks)]));
      staged.delete(caller);
      const fields = asFields(request);
      const spawn = parseSpawn(table.get(caller.process.pid), request, {});
      const child = await whenLoaded(() => table.spawn(spawn.request));
      const result = await spawnSync(table, child, spawn, inputs, {
        timeout: numberOr(fields['timeout'], 0),
        maxBuffer: numberOr(fields['maxBuffer'], Infinity),
        killSignal: fields['killSignal'] === undefined ? 'SIGTERM' : asSignal(fields['killSignal']),
      });
      results.set(caller, result);
      const { pid, code, signal, error, outputs } = result;
      return { pid, code, signal, error, sizes: outputs.map((output) => output?.length ?? null) };
    },
    /** A piece of what the thread's last `proc.spawnSync` collected. */
    'proc.spawnSyncOutput': (caller, [fd, offset]) => {
      const output = results.get(caller)?.outputs[asNumber(fd)];
      if (output === undefined || output === null) throw new SysError('EINVAL');
      return output.subarray(asNumber(offset), asNumber(offset) + MAX_TRANSFER);
    },
  };
}

function attributeSyscalls(table: ProcessTable): SyscallTable {
  return {
    'proc.getppid': ({ process }) => table.get(process.pid).ppid,
    'proc.umask': ({ process }, [mask]) => {
      const old = process.umask;
      if (mask !== undefined && mask !== null) process.umask = asNumber(mask) & 0o777;
      return old;
    },
    'proc.cwd': ({ process }) => process.cwd,
    'proc.chdir': ({ process }, [path]) => whenLoaded(() => {
      table.changeFolder(table.get(process.pid), asString(path));
      return null;
    }),
    'proc.getpgid': ({ process }, [pid]) => table.get(asNumber(pid) || process.pid).pgid,
    'proc.getsid': ({ process }, [pid]) => table.get(asNumber(pid) || process.pid).sid,
    'proc.setpgid': ({ process }, [pid, pgid]) => {
      table.setGroup(table.get(process.pid), asNumber(pid), asNumber(pgid));
      return null;
    },
    'proc.setsid': ({ process }) => table.setSession(table.get(process.pid)),
  };
}

function signalSyscalls(table: ProcessTable): SyscallTable {
  return {
    'proc.kill': ({ process }, [pid, signal]) => {
      table.kill(asNumber(pid), asSignal(signal), table.get(process.pid));
      return null;
    },
    /** Deliver the signal as an event from here on. */
    'proc.handleSignal': ({ process }, [signal]) => {
      const name = parseSignal(asSignal(signal));
      if (!canHandle(name)) throw new SysError('EINVAL', name);
      table.get(process.pid).handled.add(name);
      return null;
    },
    /** Back to the default action. */
    'proc.defaultSignal': ({ process }, [signal]) => {
      table.get(process.pid).handled.delete(parseSignal(asSignal(signal)));
      return null;
    },
    'proc.signals': () => SIGNALS,
  };
}

function describe(process: Process): Value {
  const { pid, ppid, pgid, sid, argv, execPath, state, startedAt, cwd } = process;
  return { pid, ppid, pgid, sid, argv, execPath, state, startedAt, cwd, tty: process.terminal !== undefined, threads: process.threads.size };
}

function never(): Promise<Value> {
  return new Promise(() => {});
}

function interruptible(result: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<Value>();
  const interrupt = (): void => reject(new SysError('EINTR'));
  signal.addEventListener('abort', interrupt, { once: true });
  return Promise.race([result, promise]).finally(() => signal.removeEventListener('abort', interrupt));
}

function numberOr(value: Value | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
