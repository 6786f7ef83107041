import { holdFrame, restoreFrame, type Held } from './frame.ts';
import { delegated, Holder, looped, loopedSync } from './iteration.ts';
import { boundThenable } from './thenables.ts';

/** What `ªt` gives the await that follows `ªs` at once. */
let operand: unknown;

/** What rewritten text calls (shared/module-code/awaits/edits.ts), by name. */
export const TEXT_FUNCTIONS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  /** Before an await: keeps its operand, answers the context. */
  ªs(value: unknown): Held {
    operand = boundThenable(value);
    return holdFrame();
  },
  ªt(): unknown {
    const value = operand;
    operand = undefined;
    return value;
  },
  /** After an await that was fulfilled. */
  ªr(held: Held, value: unknown): unknown {
    restoreFrame(held);
    return value;
  },
  /** After a `yield`, which goes on in the context of who asked. */
  ªy: (first: unknown, second: unknown, third?: unknown) => (third === undefined ? first : second),
  /** At the entry of catch and finally, with what awaits: it failed. */
  ªc(pending: Held): 0 {
    if (pending instanceof Holder) pending.restore();
    else restoreFrame(pending);
    return 0;
  },
  ªh: () => new Holder(),
  ªd: (holder: Holder | undefined) => holder?.restore(),
  ªw: delegated,
  ªl: looped,
  ªi: loopedSync,
  /** Disposed of at the end of a block, before the one that awaits: at the first the block is left, the others follow one that has awaited. */
  ªo: (holder: Holder) => ({ [Symbol.dispose]: () => holder.resume() }),
  ªv: boundThenable,
};
