/** Handlers of signals (src/signal_wrap.cc). */
import type { BindingContext } from '../context.ts';
import { attempt, HandleWrap } from './handles.ts';

export function create(ctx: BindingContext): Record<string, unknown> {
  /** Handles of each signal: the kernel is told of the first and the last. */
  const started = new Map<number, number>();

  class Signal extends HandleWrap {
    /** `onsignal(number)` */
    onsignal: unknown = undefined;
    #signal = 0;
    #unsubscribe: (() => void) | undefined;

    constructor() {
      super(ctx, 'SIGNALWRAP');
    }

    start(signal: number): number {
      const count = started.get(signal) ?? 0;
      const status = count > 0 ? 0 : attempt(() => ctx.kernel.call('proc.handleSignal', signal));
      if (status !== 0) return status;
      started.set(signal, count + 1);
      this.#signal = signal;
      this.setActive(true);
      this.#unsubscribe = ctx.kernel.on('signal', (event) => {
        if (event.signal === signal) this.makeCallback(this.onsignal, [signal]);
      });
      return 0;
    }

    stop(): number {
      const signal = this.#signal;
      if (signal === 0) return 0;
      this.#signal = 0;
      this.#unsubscribe?.();
      this.setActive(false);
      const count = (started.get(signal) ?? 1) - 1;
      started.set(signal, count);
      return count > 0 ? 0 : attempt(() => ctx.kernel.call('proc.defaultSignal', signal));
    }

    protected override closed(): void {
      this.stop();
    }
  }

  return { Signal };
}
