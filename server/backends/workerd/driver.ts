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
import { findTools, launchCommand, launchWarnings, workerdBinary } from './launch.ts';
import type { Tools } from './launch.ts';
import { lockData } from './lock.ts';
import type { DataLock } from './lock.ts';
import { createLogReader } from './log.ts';
import { stackMapper } from './stacks.ts';

/** Until the first answer; the code of its modules runs in this time, milliseconds. */
const START_MS = 10_000;

export function createWorkerdDriver({ tools = findTools() }: { tools?: Tools } = {}): BackendDriver {
  const running = new Set<BackendInstance>();
  return {
    name: 'workerd',
    warnings: () => Promise.resolve(launchWarnings(tools)),
    async start(spec, events, signal) {
      const instance = await start(spec, events, signal, tools);
      running.add(instance);
      void instance.ended.then(() => running.delete(instance));
      return instance;
    },
    close: async () => void (await Promise.all([...running].map((instance) => instance.stop()))),
  };
}

async function start(given: BackendSpec, events: (event: BackendEvent) => void, signal: AbortSignal, tools: Tools): Promise<BackendInstance> {
  const binary = workerdBinary();
  await mkdir(given.dataDir, { recursive: true, mode: 0o700 });
  const spec = { ...given, dataDir: await realpath(given.dataDir) };
  const lock = await lockData(spec.dataDir);
  const runDir = await realpath(await mkdtemp(join(tmpdir(), 'trr-')));
  const cleanUp = async (): Promise<void> => {
    await rm(runDir, { recursive: true, force: true });
    await lock.release();
  };
  try {
    return await launch({ spec, events, signal, tools, binary, lock, runDir, cleanUp });
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

interface Launch {
  spec: BackendSpec;
  events: (event: BackendEvent) => void;
  signal: AbortSignal;
  tools: Tools;
  binary: string;
  lock: DataLock;
  runDir: string;
  cleanUp: () => Promise<void>;
}

async function launch({ spec, events, signal, tools, binary, lock, runDir, cleanUp }: Launch): Promise<BackendInstance> {
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
    await lock.engine(engine.pid);
    const ports = await engine.listening(['http', 'control'], AbortSignal.any([signal, AbortSignal.timeout(START_MS)]));
    // The secrets of the environment are in it.
    await rm(configurationPath, { force: true });
    const addressOf = (name: 'http' | 'control') => ({ socketPath: unix ? join(runDir, `${name}.sock`) : undefined, port: unix ? undefined : ports.get(name), auth });
    const ways = createControl(addressOf('control'), spec.limits.diskMb);
    await answers(ways, engine, signal);
    return createInstance({ spec, engine, control: ways, address: addressOf('http'), log, events, cleanUp });
  } catch (error) {
    engine.kill();
    await engine.exited;
    signal.throwIfAborted();
    throw startError(error, log.diagnosis, stacks.text);
  }
}

async function answers(control: Control, engine: Engine, signal: AbortSignal): Promise<void> {
  const gone = engine.exited.then(() => { throw new Error('it ended while it started'); });
  await Promise.race([control.probe(AbortSignal.any([signal, AbortSignal.timeout(START_MS)])), gone]);
}

function startError(error: unknown, diagnosis: readonly string[], places: (text: string) => string): TerrariumError {
  if (error instanceof TerrariumError && error.code !== 'E-TERRARIUM-1207') return error;
  const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
  const said = diagnosis.map((line) => places(line)).join('\n').trim();
  const problem = timedOut ? `its modules do not come to an end within ${START_MS / 1000} s` : said || 'the engine ended without a word';
  return TerrariumError.of('E-TERRARIUM-1201', { problem: problem.slice(0, 2_000) });
}
