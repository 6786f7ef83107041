import { holdFrame, restoreFrame, type Held } from './frame.ts';

/** The context in which something was left that awaits by itself: a loop's iterator, a `yield*`, the end of a block with `await using`. */
export class Holder {
  held: Held;

  note(): void {
    this.held = holdFrame();
  }

  /** For what comes after something else that awaited by itself: it goes on in the context from before. */
  resume(): void {
    this.restore();
    this.note();
  }

  restore(): void {
    if (this.held === undefined) return;
    restoreFrame(this.held);
    this.held = undefined;
  }
}

interface AnyIterator {
  next(...args: unknown[]): unknown;
  return?: ((...args: unknown[]) => unknown) | null;
  throw?: ((...args: unknown[]) => unknown) | null;
}
type Iterables = Partial<Record<symbol, ((this: unknown) => AnyIterator) | null>>;

type Note = (holder: Holder) => void;
const note: Note = (holder) => holder.note();
const resume: Note = (holder) => holder.resume();

/** For `yield*`: each call comes from who asks the generator. What cannot be iterated is left for the engine to refuse. */
export const delegated = (holder: Holder, iterable: unknown): unknown => asyncIterable(holder, iterable, note);
/** For `for await`. */
export const looped = (holder: Holder, iterable: unknown): unknown => asyncIterable(holder, iterable, resume);
/** For a loop that does not await what it iterates over, but disposes of it. */
export const loopedSync = (holder: Holder, iterable: unknown): unknown => syncIterable(holder, iterable, resume);

function asyncIterable(holder: Holder, iterable: unknown, before: Note): unknown {
  if (iterable === null || iterable === undefined) return iterable;
  const begin = (iterable as Iterables)[Symbol.asyncIterator];
  if (begin === null || begin === undefined) return syncIterable(holder, iterable, before);
  if (typeof begin !== 'function') return iterable;
  return { [Symbol.asyncIterator]: () => new NotedIterator(holder, Reflect.apply(begin, iterable, []), before) };
}

function syncIterable(holder: Holder, iterable: unknown, before: Note): unknown {
  if (iterable === null || iterable === undefined) return iterable;
  const begin = (iterable as Iterables)[Symbol.iterator];
  if (typeof begin !== 'function') return iterable;
  return { [Symbol.iterator]: () => new NotedIterator(holder, Reflect.apply(begin, iterable, []), before) };
}

class NotedIterator {
  readonly #holder: Holder;
  readonly #iterator: AnyIterator;
  readonly #next: AnyIterator['next'];

  readonly #before: Note;

  constructor(holder: Holder, iterator: AnyIterator, before: Note) {
    this.#before = before;
    this.#holder = holder;
    this.#iterator = iterator;
    this.#next = iterator.next;
  }

  next(...args: unknown[]): unknown {
    this.#before(this.#holder);
    return Reflect.apply(this.#next, this.#iterator, args);
  }

  get return(): unknown {
    return this.#noted(this.#iterator.return);
  }

  get throw(): unknown {
    return this.#noted(this.#iterator.throw);
  }

  #noted(method: ((...args: unknown[]) => unknown) | null | undefined): unknown {
    if (method === null || method === undefined) return undefined;
    return (...args: unknown[]): unknown => {
      this.#before(this.#holder);
      return Reflect.apply(method, this.#iterator, args);
    };
  }
}
