/** Background processes that tools started: their output is kept and read by cursor (SPEC.md, R3, R4). */
import { setMaxListeners } from 'node:events';
import { nanoid } from 'nanoid';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { RemoteProcess } from '../host-link/links.ts';

export interface BackgroundProcess {
  id: string;
  command: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Name of who started it. */
  by: string;
  exitCode: number | null;
  /** Why it ended without an exit code. */
  stopped: string | null;
}

export interface Background {
  /** @throws {TerrariumError} 1350 */
  reserve(environmentId: string): void;
  add(environmentId: string, fields: { command: string; by: string; process: RemoteProcess; abort: AbortController }): BackgroundProcess;
  list(environmentId: string): BackgroundProcess[];
  /** Waits up to `waitMs` when there is nothing new and it runs. @throws {TerrariumError} 1347 */
  read(environmentId: string, id: string, cursor: number, waitMs: number, signal: AbortSignal): Promise<{ output: string; next: number; missed: boolean; process: BackgroundProcess }>;
  write(environmentId: string, id: string, text: string, end: boolean): void;
  kill(environmentId: string, id: string, signal: string): void;
  remove(environmentId: string): void;
}

const MOST = 20;
/** Ended ones that are remembered, of each environment. */
const MOST_ENDED = 20;
/** UTF-16 units kept of each. */
const KEPT = 1024 * 1024;

interface Entry extends BackgroundProcess {
  process: RemoteProcess;
  abort: AbortController;
  output: string;
  /** Units printed before those that are kept. */
  dropped: number;
  changed: PromiseWithResolvers<void>;
}

export function createBackground(): Background {
  const environments = new Map<string, Map<string, Entry>>();
  const of = (environmentId: string) => environments.get(environmentId) ?? new Map<string, Entry>();
  const isRunning = ({ exitCode, stopped }: BackgroundProcess) => exitCode === null && stopped === null;

  function get(environmentId: string, id: string): Entry {
    const entry = of(environmentId).get(id);
    if (entry === undefined) throw TerrariumError.of('E-TERRARIUM-1347', { process: id.slice(0, 64) });
    return entry;
  }

  function touch(entry: Entry): void {
    entry.changed.resolve();
    entry.changed = Promise.withResolvers();
  }

  async function follow(entry: Entry): Promise<void> {
    try {
      for await (const text of entry.process.output) {
        entry.output += text;
        if (entry.output.length > KEPT * 1.25) {
          entry.dropped += entry.output.length - KEPT;
          entry.output = entry.output.slice(-KEPT);
        }
        touch(entry);
      }
      entry.exitCode = await entry.process.exit;
    } catch (error) {
      entry.stopped = error instanceof TerrariumError ? `${error.code}: ${error.message}` : 'The process was stopped.';
    }
    touch(entry);
  }

  function forgetOld(entries: Map<string, Entry>): void {
    const ended = [...entries.values()].filter((entry) => !isRunning(entry));
    for (const entry of ended.slice(0, Math.max(0, ended.length - MOST_ENDED))) entries.delete(entry.id);
  }

  return {
    reserve(environmentId) {
      if ([...of(environmentId).values()].filter(isRunning).length >= MOST) throw TerrariumError.of('E-TERRARIUM-1350', { limit: MOST });
    },
    add(environmentId, fields) {
      const entries = of(environmentId);
      environments.set(environmentId, entries);
      forgetOld(entries);
      setMaxListeners(0, fields.abort.signal);
      const entry: Entry = { ...fields, id: nanoid(12), startedAt: Date.now(), exitCode: null, stopped: null, output: '', dropped: 0, changed: Promise.withResolvers() };
      entries.set(entry.id, entry);
      void follow(entry);
      return view(entry);
    },
    list: (environmentId) => [...of(environmentId).values()].map(view),
    async read(environmentId, id, cursor, waitMs, signal) {
      const entry = get(environmentId, id);
      const end = () => entry.dropped + entry.output.length;
      if (cursor >= end() && isRunning(entry) && waitMs > 0) await Promise.race([entry.changed.promise, ended(AbortSignal.any([signal, AbortSignal.timeout(waitMs)]))]);
      const from = Math.max(cursor, entry.dropped);
      return { output: entry.output.slice(from - entry.dropped), next: end(), missed: cursor < entry.dropped, process: view(entry) };
    },
    write(environmentId, id, text, finish) {
      const { process } = get(environmentId, id);
      process.write(text);
      if (finish) process.endInput();
    },
    kill: (environmentId, id, signal) => get(environmentId, id).process.kill(signal),
    remove(environmentId) {
      for (const { abort } of of(environmentId).values()) abort.abort(TerrariumError.of('E-TERRARIUM-1304'));
      environments.delete(environmentId);
    },
  };
}

const view = ({ id, command, startedAt, by, exitCode, stopped }: Entry): BackgroundProcess => ({ id, command, startedAt, by, exitCode, stopped });

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
