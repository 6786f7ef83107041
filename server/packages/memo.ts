/** One piece of work for all who ask for the same; cancelled when the last of them has gone. */
interface Entry<T> {
  result: Promise<T>;
  waiting: number;
  done: boolean;
  expires: number;
  controller: AbortController;
}

const MAX_ENTRIES = 64;

/** `lifetime`: milliseconds that a result is kept. Failures are not kept. */
export function createMemo<T>(lifetime: number) {
  const entries = new Map<string, Entry<T>>();

  function begin(key: string, work: (signal: AbortSignal) => Promise<T>): Entry<T> {
    const controller = new AbortController();
    const entry: Entry<T> = { result: work(controller.signal), waiting: 0, done: false, expires: Number.POSITIVE_INFINITY, controller };
    entries.set(key, entry);
    const forget = () => entries.get(key) === entry && entries.delete(key);
    entry.result.then(
      () => Object.assign(entry, { done: true, expires: Date.now() + lifetime }),
      forget,
    );
    for (const [oldest, { done }] of entries) if (entries.size > MAX_ENTRIES && done) entries.delete(oldest);
    return entry;
  }

  return async (key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    const known = entries.get(key);
    const entry = known !== undefined && known.expires > Date.now() ? known : begin(key, work);
    entry.waiting++;
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([entry.result, left.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      entry.waiting--;
      if (entry.waiting === 0 && !entry.done) {
        if (entries.get(key) === entry) entries.delete(key);
        entry.controller.abort();
      }
    }
  };
}
