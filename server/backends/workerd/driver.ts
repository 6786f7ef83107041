/** Backends as workerd processes, one for each (docs/decisions/0003-backends-on-workerd.md). */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerrariumError } from '../../../shared/errors/error.ts';
import type { BackendDriver, BackendInstance, BackendSpec } from '../driver.ts';
import type { BackendEvent } from '../events.ts';
import { configuration } from './configuration.ts';
import { createControl } from './control.ts';
import type { Control } from './control.ts';
import { startEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { createInstance } from './instance.ts';
import { findTools, launchCommand, launchWarnings, workerdBinary, workingTools } from './launch.ts';
import type { Tools } from './launch.ts';
import { lockData, RUN_PREFIX } from './lock.ts';
import type { DataLock } from './lock.ts';
import { createLogReader } from './log.ts';
import { stackMapper } from './stacks.ts';
import type { StackMapper } from './stacks.ts';

export interface WorkerdOptions {
  tools?: Tools;
  /** Until the first answer; the code of its modules runs in this time, milliseconds. */
  startMs?: number;
}

export function createWorkerdDriver({ tools = findTools(), startMs = 10_000 }: WorkerdOptions = {}): BackendDriver {
  const running = new Set<BackendInstance>();
  const working = workingTools(tools);
  return {
    name: 'workerd',
    async warnings() {
      const { tools: usable, warnings } = await working;
      return [...warnings, ...launchWarnings(usable)];
    },
    async start(spec, events, signal) {
      const instance = await start(spec, events, signal, { tools: (await working).tools, startMs });
      running.add(instance);
      void instance.ended.then(() => running.delete(instance));
      return instance;
    },
    close: async () => void (await Promise.all([...running].map((instance) => instance.stop()))),
  };
}

async function start(given: BackendSpec, events: (event: BackendEvent) => void, signal: AbortSignal, options: Required<WorkerdOptions>): Promise<BackendInstance> {
  const binary = workerdBinary();
  await mkdir(given.dataDir, { recursive: true, mode: 0o700 });
  const spec = { ...given, dataDir: await realpath(given.dataDir) };
  const lock = await lockData(spec.dataDir);
  const runDir = await realpath(await mkdtemp(join(tmpdir(), RUN_PREFIX)));
  const cleanUp = async (): Promise<void> => {
    await rm(runDir, { recursive: true, force: true });
    await lock.release();
  };
  try {
    return await launch({ ...options, spec, events, signal, binary, lock, runDir, cleanUp });
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

interface Launch extends Required<WorkerdOptions> {
  spec: BackendSpec;
  events: (event: BackendEvent) => void;
  signal: AbortSignal;
  binary: string;
  lock: DataLock;
  runDir: string;
  cleanUp: () => Promise<void>;
}

async function launch({ spec, events, signal, tools, startMs, binary, lock, runDir, cleanUp }: Launch): Promise<BackendInstance> {
  const begun = AbortSignal.any([signal, AbortSignal.timeout(startMs)]);
  const [auth, marker] = [randomBytes(32).toString('base64url'), `${randomBytes(16).toString('base64url')} `];
  const configurationPath = join(runDir, 'backend.capnp');
  // Windows has no Unix sockets that the engine takes; there the ports are loopback's own, behind the same key.
  const unix = process.platform !== 'win32';
  const [http, control] = (['http', 'control'] as const).map((name) => (unix ? `unix:${join(runDir, `${name}.sock`)}` : '127.0.0.1:0'));
  await writeFile(configurationPath, configuration({ spec, auth, marker, addresses: { http: http ?? '', control: control ?? '' } }), { mode: 0o600 });

  const stacks = stackMapper(spec.bundle.modules[0]?.name ?? '', spec.bundle.sourceMap);
  const log = createLogReader(marker, stacks, events);
  const engine = await startEngine({ ...launchCommand({ binary, tools, spec, runDir, configurationPath }), cwd: runDir, jailed: tools.bwrap !== undefined, log });
  try {
    await lock.engine(engine.pid, runDir);
    const ports = await engine.listening(['http', 'control'], begun);
    // The secrets of the environment are in it.
    await rm(configurationPath, { force: true });
    const addressOf = (name: 'http' | 'control') => ({ socketPath: unix ? join(runDir, `${name}.sock`) : undefined, port: unix ? undefined : ports.get(name), auth });
    const ways = createControl(addressOf('control'), spec.limits.diskMb);
    await answers(ways, engine, begun);
    return createInstance({ spec, engine, control: ways, address: addressOf('http'), log, events, cleanUp });
  } catch (error) {
    engine.kill();
    await engine.exited;
    signal.throwIfAborted();
    if (error instanceof TerrariumError && error.code !== 'E-TERRARIUM-1207') throw error;
    throw startError(begun.aborted ? [`The modules did not come to an end within ${startMs / 1000} s.`] : log.diagnosis, stacks, events);
  }
}

async function answers(control: Control, engine: Engine, signal: AbortSignal): Promise<void> {
  const gone = engine.exited.then(() => { throw new Error('it ended while it started'); });
  await Promise.race([control.probe(signal), gone]);
}

/** From what the engine says: `service program: Uncaught Error: <message>` and lines of `at <place> in <function>`. */
function startError(diagnosis: readonly string[], stacks: StackMapper, events: (event: BackendEvent) => void): TerrariumError {
  const said = diagnosis.map((line) => line.replace(/^service program: (Uncaught )?/, '')).join('\n').trim() || 'The engine ended without a word.';
  const [head = '', ...rest] = said.split('\n');
  const places = rest.map((line) => line.replace(/^\s*at (\S+:\d+:\d+)(?: in (.+))?$/, (_all, place: string, name?: string) => (name === undefined ? `    at ${place}` : `    at ${name} (${place})`)));
  const [, name = 'Error', message = head] = /^(\w*Error): (.*)$/.exec(head) ?? [];
  events({ kind: 'error', at: Date.now(), origin: 'exception', name, message, frames: stacks.frames(places.join('\n')) });
  return TerrariumError.of('E-TERRARIUM-1201', { problem: stacks.text(said).replaceAll(/\s*\n\s*/g, ' ').replace(/\.+$/, '').slice(0, 2_000) });
}
