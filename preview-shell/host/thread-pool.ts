/** The Workers that threads run in: made by the page, a few ahead of need, since making one costs more than starting a program in it. */
import type { ThreadStart } from '../abi/thread.ts';
import { readsOptionsEarly, type Preload } from '../node/bootstrap/preload.ts';
import { threadKey } from '../node/module-publisher.ts';
import { THREAD_PROTOCOL, type ToThread } from '../node/protocol.ts';

export interface ThreadPoolOptions {
  /** Address of the thread's script. */
  script: string;
  /** Address of the script that threads load when they transform modules. */
  transform: string;
  /** Address of the script that threads load when they run text that awaits and that no pack knows. */
  plan: string;
  library: SharedArrayBuffer;
  origin: string;
  /** Names this container among those of other tabs. */
  session: string;
  /** How many are made for an environment's start, the first `servers` of them for processes, and how many wait later: each takes some 8 MB. */
  spares: { starting: number; servers: number; later: number };
  /** Introduces a thread to the service worker. @returns the thread's end */
  introduce(key: string): MessagePort;
  onFailure(threadId: number, message: string): void;
}

interface Spare {
  readonly worker: Worker;
  /** Undefined where it has run nothing ahead: its program was about to come when it was made. */
  readonly preload: Preload | undefined;
}

export class ThreadPool {
  private readonly options: ThreadPoolOptions;
  private readonly spares: Spare[] = [];
  private readonly running = new Map<number, Worker>();
  /** Workers that are still to be made for the start. */
  private ahead: number;
  private refill: ReturnType<typeof setTimeout> | undefined;
  private readonly settle: ReturnType<typeof setTimeout>;
  private settled = false;
  /** Whether the container waits for its client: then spares use the time. */
  private waiting = false;

  constructor(options: ThreadPoolOptions) {
    this.options = options;
    this.ahead = options.spares.starting;
    this.settle = setTimeout(() => this.keepFewer(), SETTLED_AFTER_MS);
    this.makeAhead();
  }

  launch(start: ThreadStart): void {
    const worker = this.take(start);
    const { threadId } = start;
    this.running.set(threadId, worker);
    worker.onerror = (event) => {
      event.preventDefault();
      this.options.onFailure(threadId, failureText(event));
    };
    worker.onmessageerror = () => this.options.onFailure(threadId, 'A message to the thread could not be read.');
    const modules = this.options.introduce(threadKey(this.options.session, threadId));
    const message: ToThread = { type: 'start', v: THREAD_PROTOCOL, start, modules };
    worker.postMessage(message, [start.events, modules, ...(start.worker === undefined ? [] : [start.worker.port])]);
    // Later, so that new spares do not compete with the program that was just started; and while the environment starts what was made ahead has to do.
    if (this.settled) this.refill ??= setTimeout(() => this.fill(), REFILL_DELAY_MS);
  }

  /** The container has started before anybody knows what it is to run: spares run ahead what they can. */
  preload(): void {
    this.waiting = true;
    const { servers } = this.options.spares;
    this.spares.splice(0, this.spares.length, ...this.spares.map(({ worker }, at) => this.preloaded(worker, at < servers ? 'servers' : 'modules')));
  }

  /** A process has the most that was run ahead, a worker thread the least. */
  private take({ image, worker }: ThreadStart): Worker {
    this.waiting = false;
    if (readsOptionsEarly(image)) return this.takePlain();
    const wanted: Preload = worker === undefined ? 'servers' : 'modules';
    const at = Math.max(0, this.spares.findIndex(({ preload }) => preload === wanted));
    const [spare] = this.spares.splice(at, 1);
    if (spare !== undefined) return spare.worker;
    this.ahead--;
    return this.make();
  }

  private takePlain(): Worker {
    const at = this.spares.findIndex(({ preload }) => preload === undefined);
    return (at < 0 ? undefined : this.spares.splice(at, 1)[0]?.worker) ?? this.make();
  }

  private preloaded(worker: Worker, preload: Preload): Spare {
    const message: ToThread = { type: 'preload', v: THREAD_PROTOCOL, preload };
    worker.postMessage(message);
    return { worker, preload };
  }

  /** The service worker has lost a thread's port. */
  reintroduce(key: string): void {
    const found = [...this.running].find(([threadId]) => threadKey(this.options.session, threadId) === key);
    if (found === undefined) return;
    const message: ToThread = { type: 'modules', v: THREAD_PROTOCOL, modules: this.options.introduce(key) };
    found[1].postMessage(message, [message.modules]);
  }

  terminate(threadId: number): void {
    this.running.get(threadId)?.terminate();
    this.running.delete(threadId);
  }

  close(): void {
    clearTimeout(this.refill);
    clearTimeout(this.settle);
    for (const worker of [...this.spares.splice(0).map((spare) => spare.worker), ...this.running.values()]) worker.terminate();
    this.running.clear();
  }

  private fill(): void {
    this.refill = undefined;
    while (this.spares.length < this.options.spares.later) this.spares.push(this.preloaded(this.make(), 'modules'));
  }

  /** One after another: all at once would take the processor from the kernel, which starts at the same time. */
  private makeAhead(): void {
    this.refill = undefined;
    if (this.ahead <= 0) return;
    const { starting, servers } = this.options.spares;
    const worker = this.make();
    this.spares.push(this.waiting ? this.preloaded(worker, starting - this.ahead < servers ? 'servers' : 'modules') : { worker, preload: undefined });
    this.ahead--;
    this.refill = setTimeout(() => this.makeAhead(), AHEAD_EVERY_MS);
  }

  private keepFewer(): void {
    this.settled = true;
    clearTimeout(this.refill);
    for (const { worker } of this.spares.splice(this.options.spares.later)) worker.terminate();
    this.fill();
  }

  private make(): Worker {
    const { script, transform, plan, library, origin, session } = this.options;
    const worker = new Worker(script);
    const message: ToThread = { type: 'prepare', v: THREAD_PROTOCOL, library, transform, plan, origin, session };
    worker.postMessage(message);
    return worker;
  }
}

const REFILL_DELAY_MS = 500;
const AHEAD_EVERY_MS = 100;
/** An environment has started by then, or has other troubles than a slow spawn. */
const SETTLED_AFTER_MS = 15_000;

function failureText({ message, filename, lineno }: ErrorEvent): string {
  return message === '' || message === undefined ? 'The thread\'s Worker could not be started.' : `${message} (${filename}:${lineno})`;
}
