/** One process of the engine: its life, and what it says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as z from 'zod';
import { TerrariumError } from '../../../shared/errors/error.ts';
import { readLines } from './lines.ts';
import type { LogReader } from './log.ts';
import { onlyChild } from './proc.ts';

const listenSchema = z.object({ event: z.literal('listen'), socket: z.string(), port: z.number().int() });

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Engine {
  /** Of the engine itself, or of the jail's monitor, with whose end the engine ends. */
  readonly pid: number;
  /** Resolves when it has ended and everything it said was read. */
  readonly exited: Promise<Exit>;
  /** Ports of the named sockets (0 for Unix ones) when all listen. Rejects when it ends before, or the signal aborts. */
  listening(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
  /** Number of the engine's own process. */
  enginePid(): Promise<number>;
  kill(signal?: NodeJS.Signals): void;
}

export interface EngineInput {
  file: string;
  args: string[];
  cwd: string;
  jailed: boolean;
  log: LogReader;
}

/** @throws {TerrariumError} 1201 when the command cannot be run at all */
export async function startEngine({ file, args, cwd, jailed, log }: EngineInput): Promise<Engine> {
  const child = spawn(file, args, { cwd, env: {}, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], windowsHide: true });
  const exited = new Promise<Exit>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw TerrariumError.of('E-TERRARIUM-1201', { problem: `the engine cannot be run (${(error as NodeJS.ErrnoException).code ?? 'unknown'})` });
  }
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null) throw TerrariumError.of('E-TERRARIUM-1201', { problem: 'the engine cannot be run' });
  for (const stream of [stdout, stderr]) readLines(stream, log.line);
  const ports = new Map<string, number>();
  const heard = new EventTarget();
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
    const message = parse(line);
    if (message !== undefined) ports.set(message.socket, message.port);
    heard.dispatchEvent(new Event('listen'));
  });
  return {
    pid,
    exited,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    enginePid: async () => (jailed ? await onlyChild(pid) ?? pid : pid),
    listening: (names, signal) => new Promise((resolve, reject) => {
      const check = (): void => { if (names.every((name) => ports.has(name))) resolve(ports); };
      heard.addEventListener('listen', check);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      void exited.then(() => reject(new Error('it ended before it listened')));
      check();
    }),
  };
}

function parse(line: string): z.infer<typeof listenSchema> | undefined {
  try {
    return listenSchema.parse(JSON.parse(line));
  } catch {
    // Other words of the engine: what it does not report, nobody waits for beyond the time of a start.
    return undefined;
  }
}
