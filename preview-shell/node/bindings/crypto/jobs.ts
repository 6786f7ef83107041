/** Work that is done at once, or on a later turn (`CryptoJob`, crypto_util.h). */
import { holdFrame, restoreFrame } from '../../async-context/frame.ts';
import type { BindingContext } from '../../context.ts';

export const JOB = { async: 0, sync: 1 } as const;

export type JobResult = [error: unknown, result?: unknown];

/**
 * A class whose instances do `work` with their arguments after the mode.
 * @param check refuses arguments when the job is made, in either mode
 */
export function jobClass<Args extends unknown[]>(ctx: BindingContext, work: (...args: Args) => unknown, check?: (...args: Args) => void) {
  return preparedJobClass(ctx, (...args: Args) => {
    check?.(...args);
    return () => work(...args);
  });
}

/** Work in two ways of which an asynchronous job takes the second: the browser does it on another thread. */
export interface Work {
  now(): unknown;
  later(): Promise<unknown>;
}

/** A class whose instances read their arguments when they are made, and do the work that this gives when they are run. */
export function preparedJobClass<Args extends unknown[]>(ctx: BindingContext, prepare: (...args: Args) => (() => unknown) | Work) {
  return class CryptoJob {
    ondone: ((error: unknown, result?: unknown) => void) | undefined;
    readonly #mode: number;
    readonly #work: Work | (() => unknown);
    readonly #context = holdFrame();

    constructor(mode: number, ...args: Args) {
      this.#mode = mode;
      this.#work = prepare(...args);
    }

    run(): JobResult | undefined {
      const work = this.#work;
      const now = typeof work === 'function' ? work : () => work.now();
      if (this.#mode === JOB.sync) return attempt(now);
      const release = ctx.loop.hold();
      const done = (...result: JobResult): void => ctx.loop.enqueue(() => {
        release();
        restoreFrame(this.#context);
        this.ondone?.(...result);
      });
      // On a later turn, as from a thread pool.
      if (typeof work === 'function') ctx.loop.complete(() => done(...attempt(now)));
      else void work.later().then((value) => done(undefined, value), (reason: unknown) => done(reason));
      return undefined;
    }
  };
}

/** What ciphers' jobs say of an error: its text alone (CipherJob, crypto_cipher.h). */
export function plainErrors<T>(work: () => T): () => T {
  return () => {
    try {
      return work();
    } catch (error) {
      throw new Error(error instanceof Error ? error.message : String(error));
    }
  };
}

function attempt(work: () => unknown): JobResult {
  try {
    return [undefined, work()];
  } catch (error) {
    return [error];
  }
}
