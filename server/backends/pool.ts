/** The backends of all environments: which version each has, which of them run (SPEC BP1-BP12). */
import { createHash } from 'node:crypto';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Environments } from '../environments/environments.ts';
import type { Logger } from '../logger.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { Backends, BackendUse } from './backends.ts';
import type { Builder } from './build.ts';
import type { BackendDriver, BackendLimits } from './driver.ts';
import { heldDatabase } from './held-database.ts';
import { createEventLog } from './event-log.ts';
import { createSeats } from './seats.ts';
import { Slot } from './slot.ts';
import type { Live } from './slot.ts';
import { DATA_ONLY } from './data-only.ts';
import { FOLDER, entryOf, migrationsOf, readSource } from './source.ts';
import type { Source } from './source.ts';
import type { BackendStore, Deployed } from './store.ts';

export interface PoolOptions {
  driver: BackendDriver;
  builder: Builder;
  store: BackendStore;
  rooms: Pick<Rooms, 'read'>;
  environments: Pick<Environments, 'find' | 'use'>;
  limits: BackendLimits;
  maxInstances: number;
  /** Without a request for so long an instance is suspended, milliseconds. */
  idleMs: number;
  /** What the code sees on `env`. */
  variables(environmentId: string): Readonly<Record<string, string>>;
  egressSocket(environmentId: string): Promise<string | undefined> | string | undefined;
  logger: Logger;
}

export interface Pool extends Backends {
  /** A file of the document was changed. Answers with whether a backend may be made of it. */
  edited(environmentId: string, path: string): boolean;
  /** Suspends what nobody has used for too long. */
  look(): Promise<void>;
}

/** Requests of one environment that wait for its backend to start. */
const MOST_WAITING = 1000;
const LOOK_MS = 15_000;
/** For an answer of the database when the proxy has doubts. */
const PROBE_MS = 2000;

export function createPool({ driver, builder, store, rooms, environments, limits, maxInstances, idleMs, variables, egressSocket, logger }: PoolOptions): Pool {
  const slots = new Map<string, Slot>();
  const log = createEventLog();
  const seats = createSeats<Slot>(maxInstances, (slot) => suspend(slot));
  const probing = new Set<string>();
  const closing = new AbortController();
  const timer = setInterval(() => void look(), Math.min(LOOK_MS, Math.max(500, idleMs / 2))).unref();

  function slotOf(environmentId: string): Slot {
    const found = slots.get(environmentId);
    if (found !== undefined) return found;
    const slot: Slot = new Slot({
      environmentId, driver, store, limits, variables, egressSocket,
      note: (event) => log.note(environmentId, event),
      takeSeat: () => seats.take(slot),
      leaveSeat: () => seats.leave(slot),
    });
    slots.set(environmentId, slot);
    return slot;
  }

  const sourceOf = (environmentId: string): Source => rooms.read(environmentId, readSource);

  function suspend(slot: Slot): Promise<void> {
    return slot.exclusive(async () => {
      await slot.stop();
      if (slot.state !== 'absent') slot.settle();
    });
  }

  /** What serves after a restart of the server is what served before it. */
  async function load(slot: Slot): Promise<void> {
    if (slot.loaded) return;
    slot.loaded = true;
    slot.deployed = await store.load(slot.environmentId);
    if (slot.deployed !== undefined) slot.dirty ||= slot.deployed.sourceKey !== keyOf(sourceOf(slot.environmentId), slot.deployed.inputs);
  }

  /** In the slot's turn: builds and puts in place. What fails leaves the version before it. */
  async function renew(slot: Slot, signal: AbortSignal): Promise<void> {
    await load(slot);
    slot.failure = undefined;
    slot.crashes = [];
    try {
      const next = await buildOf(slot, signal);
      if (!serves(slot, next)) await replace(slot, next, signal);
      slot.deployed = next;
      await store.save(slot.environmentId, next);
    } catch (error) {
      slot.failure = failureOf(error);
      note(slot, error);
      throw error;
    } finally {
      slot.settle();
    }
  }

  async function buildOf(slot: Slot, signal: AbortSignal): Promise<Deployed> {
    slot.to('building');
    // Before the document is read: what is typed meanwhile makes it dirty again.
    slot.dirty = false;
    const source = sourceOf(slot.environmentId);
    const isDataOnly = entryOf((path) => source.has(path)) === undefined;
    const { bundle, inputs, warnings } = isDataOnly ? DATA_ONLY : await builder.build(slot.environmentId, source, signal);
    for (const text of warnings) log.note(slot.environmentId, { kind: 'log', at: Date.now(), level: 'warn', text });
    return { bundle, inputs, migrations: migrationsOf(source), sourceKey: keyOf(source, inputs) };
  }

  const serves = ({ environmentId, live }: Slot, next: Deployed): boolean =>
    live?.deployed.bundle.digest === next.bundle.digest && live.settings === JSON.stringify(variables(environmentId)) && keyOfMigrations(live.deployed) === keyOfMigrations(next);

  async function replace(slot: Slot, next: Deployed, signal: AbortSignal): Promise<void> {
    const { live } = slot;
    // Through the version that runs, which serves on where it fails.
    if (live !== undefined) await slot.migrate(live, next, signal);
    await slot.stop();
    try {
      await slot.start(next, signal);
    } catch (error) {
      if (live !== undefined) await slot.start(live.deployed, signal).catch((again: unknown) => logger.warn('The version before does not start either', { environmentId: slot.environmentId, error: String(again) }));
      throw error;
    }
  }

  /** In the slot's turn: what was deployed, or what is in the document. */
  async function wake(slot: Slot, signal: AbortSignal): Promise<void> {
    if (slot.live !== undefined) return;
    await load(slot);
    if (slot.isStopped && !slot.dirty && slot.failure !== undefined) throw slot.failure;
    if (slot.deployed === undefined || slot.dirty) {
      if (slot.deployed === undefined && slot.failure !== undefined && !slot.dirty) throw slot.failure;
      try {
        return await renew(slot, signal);
      } catch (error) {
        if (slot.deployed === undefined) throw error;
        if (slot.live !== undefined) return;
      }
    }
    try {
      await slot.start(slot.deployed, signal);
    } catch (error) {
      slot.failure = failureOf(error);
      note(slot, error);
      throw error;
    } finally {
      slot.settle();
    }
  }

  function note(slot: Slot, error: unknown): void {
    if (!(error instanceof TerrariumError)) {
      if (!closing.signal.aborted) logger.error('A backend was not deployed', { environmentId: slot.environmentId, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      return;
    }
    const { file, line, column = 1 } = error.context;
    const frames = file === undefined ? [] : [{ function: '', file: String(file), line: Number(line ?? 1), column: Number(column) }];
    log.note(slot.environmentId, { kind: 'error', at: Date.now(), origin: error.code === 'E-TERRARIUM-1219' ? 'migration' : 'build', name: error.code, message: error.message, frames });
  }

  /** A running instance that is in use until released; ended by the caller's signal, and never by it for the others. */
  async function hold(slot: Slot, signal: AbortSignal): Promise<{ live: Live; release: () => void }> {
    for (;;) {
      signal.throwIfAborted();
      if (slot.live !== undefined) return held(slot, slot.live);
      if (slot.waiting >= MOST_WAITING) throw TerrariumError.of('E-TERRARIUM-1202');
      slot.waiting++;
      try {
        // In the slot's turn, before the next one that may suspend it.
        const taken = slot.exclusive(async () => {
          await wake(slot, closing.signal);
          return slot.live === undefined ? undefined : held(slot, slot.live);
        });
        const found = await abortable(taken, signal).catch((error: unknown) => {
          taken.then((late) => late?.release(), () => undefined);
          throw error;
        });
        if (found !== undefined) return found;
      } finally {
        slot.waiting--;
      }
    }
  }

  function checkActive(environmentId: string): void {
    const environment = environments.find(environmentId);
    if (environment === undefined) throw TerrariumError.of('E-TERRARIUM-1001', { environmentId: environmentId.slice(0, 64) });
    if (environment.status === 'suspended') throw TerrariumError.of('E-TERRARIUM-1159');
  }

  /** For what needs the database alone (BP13). */
  function dataSlot(environmentId: string): Slot {
    checkActive(environmentId);
    return slotOf(environmentId);
  }

  function presentSlot(environmentId: string): Slot {
    checkActive(environmentId);
    const slot = slotOf(environmentId);
    const { live } = slot;
    if ((live === undefined || live.deployed.bundle.digest === DATA_ONLY.bundle.digest) && !has(environmentId)) throw TerrariumError.of('E-TERRARIUM-1200');
    return slot;
  }

  const has = (environmentId: string): boolean => {
    if (environments.find(environmentId) === undefined) return false;
    const source = sourceOf(environmentId);
    return entryOf((path) => source.has(path)) !== undefined;
  };

  async function use(environmentId: string, signal: AbortSignal): Promise<BackendUse> {
    const slot = presentSlot(environmentId);
    const { live, release } = await hold(slot, signal);
    environments.use(environmentId);
    return { address: live.instance.address, instanceId: live.id, release };
  }

  /** Changes the data while nothing has them open, and starts it again where it ran. */
  async function withDataClosed<T>(slot: Slot, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return abortable(slot.exclusive(async () => {
      const ran = slot.live !== undefined;
      await slot.stop();
      try {
        return await work();
      } finally {
        slot.forgetData();
        if (ran) await wake(slot, closing.signal).catch(() => undefined);
        else if (slot.state !== 'absent') slot.settle();
      }
    }), signal);
  }

  async function look(): Promise<void> {
    const now = Date.now();
    const idle = [...seats.holders].filter(({ live, lastUsed }) => live !== undefined && live.users === 0 && now - lastUsed >= idleMs);
    await Promise.all(idle.map((slot) => suspend(slot).catch((error: unknown) => logger.error('A backend was not suspended', { environmentId: slot.environmentId, error: String(error) }))));
  }

  async function probe(live: Live): Promise<void> {
    if (probing.has(live.id)) return;
    probing.add(live.id);
    const answers = await live.instance.database.query('SELECT 1', [], AbortSignal.timeout(PROBE_MS)).then(() => true, () => false);
    probing.delete(live.id);
    if (!answers) await live.instance.stop();
  }

  return {
    limits: { memory: limits.memoryMb * 1024 * 1024, disk: limits.diskMb * 1024 * 1024 },
    has, use, look,
    status(environmentId) {
      const slot = slots.get(environmentId);
      if (slot !== undefined && slot.state !== 'absent') return slot.status();
      return { state: 'absent', digest: undefined, code: undefined, message: undefined, startedAt: undefined };
    },
    async deploy(environmentId, signal) {
      const slot = presentSlot(environmentId);
      await abortable(slot.exclusive(() => renew(slot, closing.signal)), signal);
      slot.lastUsed = Date.now();
      return slot.status();
    },
    async suspend(environmentId) {
      const slot = slots.get(environmentId);
      if (slot !== undefined) await suspend(slot);
    },
    noteFailure(environmentId, instanceId) {
      const live = slots.get(environmentId)?.live;
      if (live?.id === instanceId) void probe(live);
    },
    async database(environmentId, signal) {
      const slot = dataSlot(environmentId);
      const database = heldDatabase(async (asked) => {
        const { live, release } = await hold(slot, asked);
        return { database: live.instance.database, release };
      });
      // What keeps it from starting is said here.
      (await hold(slot, signal)).release();
      return database;
    },
    stats: async (environmentId) => slots.get(environmentId)?.live?.instance.stats(),
    async reset(environmentId, signal) {
      const slot = dataSlot(environmentId);
      await withDataClosed(slot, signal, () => store.clearData(environmentId));
      (await hold(slot, signal)).release();
    },
    snapshot: (environmentId, name, signal) => withDataClosed(dataSlot(environmentId), signal, () => store.snapshot(environmentId, name)),
    snapshots: store.snapshots,
    dropSnapshot: store.drop,
    restore: (environmentId, snapshotId, signal) => withDataClosed(dataSlot(environmentId), signal, () => store.restore(environmentId, snapshotId)),
    events: log.since,
    subscribe: log.subscribe,
    note: log.note,
    edited(environmentId, path) {
      const slot = slots.get(environmentId);
      // What is missing may be anywhere in the project.
      const counts = path.startsWith(FOLDER) || slot?.deployed?.inputs.includes(path) === true || slot?.failure !== undefined;
      if (slot !== undefined && counts) slot.dirty = true;
      return counts;
    },
    async remove(environmentId) {
      const slot = slots.get(environmentId);
      slots.delete(environmentId);
      await slot?.exclusive(() => slot.stop());
      log.remove(environmentId);
      await store.remove(environmentId);
    },
    async close() {
      clearInterval(timer);
      closing.abort();
      await Promise.allSettled([...slots.values()].map((slot) => slot.exclusive(() => slot.stop())));
      await driver.close();
    },
  };
}

function held(slot: Slot, live: Live): { live: Live; release: () => void } {
  live.users++;
  slot.lastUsed = Date.now();
  let released = false;
  return {
    live,
    release() {
      if (released) return;
      released = true;
      live.users--;
      slot.lastUsed = Date.now();
    },
  };
}

const keyOfMigrations = ({ migrations }: Deployed): string => migrations.map(({ sha256 }) => sha256).join();

/** Of everything that a build of it may read, so far as it is known before the build. */
function keyOf(source: Source, inputs: readonly string[]): string {
  const named = new Set(inputs);
  const hash = createHash('sha256');
  for (const path of [...source.keys()].sort()) {
    const file = source.get(path);
    if (file === undefined || !(path.startsWith(FOLDER) || named.has(path))) continue;
    hash.update(`${path}\n`).update(file.kind === 'text' ? file.text : file.sha256).update('\n');
  }
  return hash.digest('hex');
}

/** Only errors of the table are shown. */
const failureOf = (error: unknown): TerrariumError | undefined => (error instanceof TerrariumError ? error : undefined);

/** The work goes on for those who wait for it too. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
