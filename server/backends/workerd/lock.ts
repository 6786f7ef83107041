/** One process for one data folder: a file beside it names who has it open. */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod';
import { TerrariumError } from '../../../shared/errors/error.ts';
import { processIdentity } from './proc.ts';

const holderSchema = z.object({ pid: z.number().int().positive(), started: z.string() });
const lockSchema = z.object({ server: holderSchema, engine: holderSchema.extend({ runDir: z.string().optional() }).optional() });
type Holder = z.infer<typeof holderSchema>;

/** How the folder of one start is named, in the system's temporary folder. */
export const RUN_PREFIX = 'trr-';

export interface DataLock {
  /** Names the process that opens the folder, so that a later server can end it when this one was killed. */
  engine(pid: number, runDir: string): Promise<void>;
  release(): Promise<void>;
}

export const lockPath = (dataDir: string): string => `${dataDir}.lock`;

/** Ends what a server that is gone has left running on the folder. @throws {TerrariumError} 1204 when a living server has it */
export async function lockData(dataDir: string): Promise<DataLock> {
  const path = lockPath(dataDir);
  const server = await holder(process.pid);
  await take(path, JSON.stringify({ server }));
  return {
    engine: async (pid, runDir) => rename(await whole(path, JSON.stringify({ server, engine: { ...await holder(pid), runDir } })), path),
    release: () => rm(path, { force: true }),
  };
}

async function holder(pid: number): Promise<Holder> {
  return { pid, started: (await processIdentity(pid)) ?? 'gone' };
}

/** Writes beside the lock what becomes the lock in one step: nobody reads half of one. */
async function whole(path: string, content: string): Promise<string> {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, content, { mode: 0o600 });
  return temporary;
}

/** One at a time in this process: to judge a lock and to replace it are two steps. */
let turn: Promise<unknown> = Promise.resolve();

function take(path: string, content: string): Promise<void> {
  const mine = turn.then(() => takeNow(path, content));
  turn = mine.catch(() => {});
  return mine;
}

async function takeNow(path: string, content: string): Promise<void> {
  const temporary = await whole(path, content);
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (await linked(temporary, path)) return;
      await clear(path);
    }
  } finally {
    await rm(temporary, { force: true });
  }
  throw TerrariumError.of('E-TERRARIUM-1204', { process: 'one that has just started' });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function clear(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const found = parse(text);
  if (found !== undefined) {
    if (await lives(found.server)) throw TerrariumError.of('E-TERRARIUM-1204', { process: `number ${found.server.pid}` });
    if (found.engine !== undefined) await end(found.engine);
    if (found.engine?.runDir !== undefined && basename(found.engine.runDir).startsWith(RUN_PREFIX)) await rm(found.engine.runDir, { recursive: true, force: true });
  }
  await remove(path, text);
}

/** Removes the lock that was judged, and not one that somebody else has put there meanwhile. */
async function remove(path: string, judged: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  const moved = await rename(path, aside).then(() => true, () => false);
  if (!moved) return;
  if (await readFile(aside, 'utf8') !== judged) await linked(aside, path);
  await rm(aside, { force: true });
}

function parse(text: string): z.infer<typeof lockSchema> | undefined {
  try {
    return lockSchema.parse(JSON.parse(text));
  } catch {
    // Cut short by the end of the machine: whoever wrote it ended with it.
    return undefined;
  }
}

async function lives({ pid, started }: Holder): Promise<boolean> {
  return (await processIdentity(pid)) === started;
}

async function end(engine: Holder): Promise<void> {
  while (await lives(engine)) {
    try {
      process.kill(engine.pid, 'SIGKILL');
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
