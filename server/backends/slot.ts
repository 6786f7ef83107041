/** One environment's backend: its version, its one process, and what is done with it, one thing after the other (SPEC BP7-BP11). */
import pLimit from 'p-limit';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { BackendState, BackendStatus } from './backends.ts';
import type { BackendDriver, BackendInstance, BackendLimits } from './driver.ts';
import type { BackendEvent } from './events.ts';
import { migrate } from './migrations.ts';
import type { BackendStore, Deployed } from './store.ts';

export interface Live {
  id: string;
  instance: BackendInstance;
  deployed: Deployed;
  /** Variables as they were at its start, to compare. */
  settings: string;
  users: number;
}

export interface SlotOptions {
  environmentId: string;
  driver: BackendDriver;
  store: BackendStore;
  limits: BackendLimits;
  variables(environmentId: string): Readonly<Record<string, string>>;
  egressSocket(environmentId: string): Promise<string | undefined> | string | undefined;
  note(event: BackendEvent): void;
  /** A place among the running instances; resolves when there is one, at once for who has one. */
  takeSeat(): Promise<void>;
  leaveSeat(): void;
}

/** Crashes in this time, milliseconds, after which nothing is started until the next edit. */
const CRASH_MS = 60_000;
const MOST_CRASHES = 3;
/** Before the start after the second crash; none after the first. */
const BACKOFF_MS = 250;
/** Requests under way may end in this time before their instance is replaced. */
const DRAIN_MS = 100;

export class Slot {
  live: Live | undefined;
  deployed: Deployed | undefined;
  lastUsed = Date.now();
  waiting = 0;
  /** Edits since the last build. */
  dirty = false;
  loaded = false;
  /** What the last build or start failed with, while nothing was edited since. */
  failure: TerrariumError | undefined;
  crashes: number[] = [];
  #state: BackendState = 'absent';
  readonly #options: SlotOptions;
  /** Which migrations this process has seen applied to the data that is there. */
  #migrated: string | undefined;
  #count = 0;
  readonly #queue = pLimit(1);

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  get environmentId(): string {
    return this.#options.environmentId;
  }

  /**
   * One thing after the other; `work` alone starts and ends the process. A seat is kept to the end of it: who has one never waits for another, so
   * that two environments cannot wait for each other.
   */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue(async () => {
      try {
        return await work();
      } finally {
        if (this.live === undefined) this.#options.leaveSeat();
      }
    });
  }

  get state(): BackendState {
    return this.#state;
  }

  status(): BackendStatus {
    const { code, message } = this.failure ?? {};
    return { state: this.#state, digest: this.live?.deployed.bundle.digest ?? this.deployed?.bundle.digest, code, message, startedAt: this.live?.instance.startedAt };
  }

  to(state: BackendState, error?: TerrariumError): void {
    this.#state = state;
    this.#options.note({ kind: 'state', at: Date.now(), state, ...(error === undefined ? {} : { code: error.code, message: error.message }) });
  }

  /** What it is when nothing is being done with it. */
  settle(): void {
    const state = this.live !== undefined ? 'running' : this.isStopped ? 'stopped' : this.deployed !== undefined ? 'suspended' : 'failed';
    if (state !== this.#state || this.failure !== undefined) this.to(state, this.failure);
  }

  get isStopped(): boolean {
    return this.crashes.length >= MOST_CRASHES;
  }

  /** Starts a version where none runs, and migrates what its data lack. @throws {TerrariumError} 1201, 1219 */
  async start(deployed: Deployed, signal: AbortSignal): Promise<void> {
    const { driver, store, limits, environmentId, note } = this.#options;
    await pause(Math.max(0, this.crashes.length - 1) * BACKOFF_MS);
    await this.#options.takeSeat();
    this.to('starting');
    const [variables, egressSocket] = [this.#options.variables(environmentId), await this.#options.egressSocket(environmentId)];
    const instance = await driver.start({ environmentId, bundle: deployed.bundle, variables, dataDir: store.dataDir(environmentId), limits, egressSocket }, note, signal);
    const live: Live = { id: `${environmentId}-${++this.#count}`, instance, deployed, settings: JSON.stringify(variables), users: 0 };
    try {
      await this.migrate(live, deployed, signal);
    } catch (error) {
      await instance.stop();
      throw error;
    }
    this.live = live;
    this.lastUsed = Date.now();
    void instance.ended.then((end) => this.#onEnded(live, end));
  }

  /** @throws {TerrariumError} 1219 */
  async migrate({ instance }: Pick<Live, 'instance'>, { migrations }: Deployed, signal: AbortSignal): Promise<void> {
    const key = migrations.map(({ sha256 }) => sha256).join();
    if (this.#migrated === key) return;
    this.to('migrating');
    const { applied, edited } = await migrate(instance.database, migrations, signal);
    for (const name of applied) this.#say('info', `Migration ${name} applied`);
    for (const name of edited) this.#say('warn', `Migration ${name} was applied before it was edited: the edit has no effect; add another migration, or reset the data`);
    this.#migrated = key;
  }

  #say(level: 'info' | 'warn', text: string): void {
    this.#options.note({ kind: 'log', at: Date.now(), level, text });
  }

  /** Resolves when no process has the data open. */
  async stop(): Promise<void> {
    const { live } = this;
    if (live === undefined) return;
    // Whoever asks for it from here on waits for what comes after.
    this.live = undefined;
    const until = Date.now() + DRAIN_MS;
    while (live.users > 0 && Date.now() < until) await pause(5);
    await live.instance.stop();
  }

  /** The data are others from here on. */
  forgetData(): void {
    this.#migrated = undefined;
  }

  #onEnded(live: Live, { reason, detail }: Awaited<BackendInstance['ended']>): void {
    if (this.live !== live) return;
    this.live = undefined;
    void this.exclusive(() => Promise.resolve());
    const now = Date.now();
    if (reason === 'stopped') return this.settle();
    this.crashes = [...this.crashes.filter((at) => now - at < CRASH_MS), now];
    if (this.isStopped) this.failure = TerrariumError.of('E-TERRARIUM-1203', { times: this.crashes.length, problem: detail.replace(/\.$/, '') });
    this.settle();
  }
}

const pause = (ms: number): Promise<void> => (ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms)));
