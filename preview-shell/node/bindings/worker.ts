import { native } from '../natives.ts';
import type { BindingContext } from '../context.ts';
import { AsyncWrap } from './handles.ts';

const RESOURCE_LIMITS = 4;

/** Worker threads (node_worker.cc): a thread of the same process, with its own event loop and modules. */
export function create(ctx: BindingContext): Record<string, unknown> {
  ctx.internalBinding('messaging');
  const adopt = ctx.hooks.adoptPort as (port: MessagePort) => void;

  class NodeWorker extends AsyncWrap {
    readonly messagePort: MessagePort;
    readonly threadId: number;
    onexit: ((code: number, error?: string, reason?: string) => void) | null = null;
    readonly #theirs: MessagePort;
    readonly #env: Record<string, string> | null;
    readonly #execArgv: readonly string[] | undefined;
    #release: (() => void) | undefined;

    constructor(_url: unknown, env: Record<string, string> | null, execArgv: readonly string[] | undefined) {
      super(ctx, 'WORKER');
      const { port1, port2 } = new native.MessageChannel();
      adopt(port1);
      this.messagePort = port1;
      this.#theirs = port2;
      this.#env = env;
      this.#execArgv = execArgv;
      this.threadId = ctx.kernel.call('thread.reserve') as number;
    }

    startThread(): void {
      this.ref();
      const stop = ctx.kernel.on('thread-exit', (event) => {
        if (event.threadId !== this.threadId) return;
        stop();
        this.unref();
        this.runInContext(this.onexit ?? (() => {}), event.error === undefined ? [event.code] : [event.code, 'ERR_WORKER_INIT_FAILED', event.error]);
        this.destroyed();
      });
      const env = this.#env ?? { ...(ctx.process.env as Record<string, string>) };
      ctx.kernel.note(
        { type: 'start-thread', threadId: this.threadId, env: { ...env }, execArgv: [...(this.#execArgv ?? ctx.image.execArgv)], port: this.#theirs }, [this.#theirs]);
    }

    stopThread(): void {
      ctx.kernel.call('thread.stop', this.threadId);
    }

    ref(): void {
      this.#release ??= ctx.loop.hold();
    }

    unref(): void {
      this.#release?.();
      this.#release = undefined;
    }

    hasRef(): boolean {
      return this.#release !== undefined;
    }

    getResourceLimits(): Float64Array {
      return new Float64Array(RESOURCE_LIMITS);
    }

    loopStartTime(): number {
      return -1;
    }

    loopIdleTime(): number {
      return 0;
    }

    takeHeapSnapshot(): never {
      throw Object.assign(new Error('Heap snapshots are not supported in the container'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
    }
  }

  return {
    Worker: NodeWorker,
    // Asked for when the library has given ports their methods: only then is it one of its own.
    getEnvMessagePort: () => {
      const envPort = ctx.hooks.envPort as MessagePort | undefined;
      if (envPort !== undefined) adopt(envPort);
      return envPort;
    },
    get threadId() { return ctx.isMainThread ? 0 : ctx.hooks['workerId']; },
    threadName: '',
    get isMainThread() { return ctx.isMainThread; },
    isInternalThread: false,
    get ownsProcessState() { return ctx.isMainThread; },
    resourceLimits: new Float64Array(RESOURCE_LIMITS),
    kMaxYoungGenerationSizeMb: 0,
    kMaxOldGenerationSizeMb: 1,
    kCodeRangeSizeMb: 2,
    kStackSizeMb: 3,
    kTotalResourceLimitCount: RESOURCE_LIMITS,
  };
}
