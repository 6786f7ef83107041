/** A running backend: its watch, its end, what it uses. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackendAddress, BackendInstance, BackendSpec } from '../driver.ts';
import type { BackendEvent } from '../events.ts';
import type { Control } from './control.ts';
import type { Engine, Exit } from './engine.ts';
import type { LogReader } from './log.ts';
import { processUsage } from './proc.ts';
import { watchProcess } from './watch.ts';

/** For a polite end, milliseconds. Short, since an open WebSocket alone keeps the engine from it, a redeploy waits for it, and force loses nothing that was acknowledged. */
const POLITE_MS = 50;
type End = Awaited<BackendInstance['ended']>;

export interface InstanceInput {
  spec: BackendSpec;
  engine: Engine;
  control: Control;
  address: BackendAddress;
  log: LogReader;
  events: (event: BackendEvent) => void;
  cleanUp: () => Promise<void>;
}

export async function createInstance({ spec, engine, control, address, log, events, cleanUp }: InstanceInput): Promise<BackendInstance> {
  const pid = await engine.enginePid();
  let why: End | undefined;
  const watch = watchProcess({
    pid, memoryMb: spec.limits.memoryMb, stuckMs: spec.limits.stuckMs, probe: control.probe,
    end: (reason, detail) => { why = { reason, detail }; engine.kill(); },
  });
  const ended = engine.exited.then(async (exit): Promise<End> => {
    watch.close();
    control.close();
    await cleanUp();
    const end = why ?? whyItEnded(exit, log.diagnosis, spec.limits.memoryMb);
    if (end.reason !== 'stopped') events({ kind: 'error', at: Date.now(), origin: 'exit', name: end.reason, message: `The backend was ended: ${end.detail}`, frames: [] });
    return end;
  });
  return {
    address,
    database: control.database,
    startedAt: Date.now(),
    ended,
    stats: async () => ({ ...await processUsage(pid), disk: await folderBytes(spec.dataDir) }),
    async stop() {
      why ??= { reason: 'stopped', detail: 'it was stopped' };
      watch.close();
      try {
        process.kill(pid, 'SIGTERM');
      } catch {
        // It has ended by itself meanwhile.
      }
      const force = setTimeout(() => engine.kill(), POLITE_MS);
      await ended;
      clearTimeout(force);
    },
  };
}

function whyItEnded({ code, signal }: Exit, diagnosis: readonly string[], memoryMb: number): End {
  const said = diagnosis.join('\n');
  if (/out of memory|bad_alloc|Cannot allocate memory|heap limit/i.test(said)) return { reason: 'memory', detail: `it took more than its ${memoryMb} MB of memory` };
  return { reason: 'crashed', detail: signal === null ? `the engine ended with code ${code}` : `the engine ended by ${signal}` };
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const sizes = entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
