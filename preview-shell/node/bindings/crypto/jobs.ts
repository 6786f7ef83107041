/** Work that is done at once, or on a later turn (`CryptoJob`, crypto_util.h). */
import type { BindingContext } from '../../context.ts';

export const JOB = { async: 0, sync: 1 } as const;

export type JobResult = [error: unknown, result?: unknown];

/**
 * A class whose instances do `work` with their arguments after the mode. Work that is a promise is for asynchronous jobs alone.
 * @param check refuses arguments when the job is made, in either mode
 */
export function jobClass<Args extends unknown[]>(ctx: BindingContext, work: (...args: Args) => unknown, check?: (...args: Args) => void) {
  return class CryptoJob {
    ondone: ((error: unknown, result?: unknown) => void) | undefined;
    readonly #mode: number;
    readonly #args: Args;

    constructor(mode: number, ...args: Args) {
      this.#mode = mode;
      this.#args = args;
      check?.(...args);
    }

    run(): JobResult | undefined {
      if (this.#mode === JOB.sync) return attempt(() => work(...this.#args));
      const release = ctx.loop.hold();
      const done = (...result: JobResult): void => ctx.loop.enqueue(() => {
        release();
        this.ondone?.(...result);
      });
      // On a later turn, as from a thread pool.
      ctx.loop.complete(() => {
        const [error, result] = attempt(() => work(...this.#args));
        if (error !== undefined) done(error);
        else void Promise.resolve(result).then((value) => done(undefined, value), (reason: unknown) => done(reason));
      });
      return undefined;
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
