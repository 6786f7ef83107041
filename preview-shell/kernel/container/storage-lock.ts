/**
 * Which tab keeps an environment's disk in storage. The one that has the Web Lock answers for it; a page that was just left still holds the
 * lock for a moment but answers no more, so a tab waits for the lock until somebody answers.
 */
const ANSWER = 'held';
const QUESTION = 'who';
/** A holder that does not answer (a frozen tab) is waited for no longer than this. */
const WAIT_MS = 3000;

/** @returns what releases the lock; undefined when another tab has it */
export async function holdLock(name: string): Promise<(() => void) | undefined> {
  const channel = new BroadcastChannel(name);
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), WAIT_MS);
  channel.onmessage = ({ data }) => {
    if (data === ANSWER) patience.abort();
  };
  channel.postMessage(QUESTION);
  const release = await request(name, patience.signal).finally(() => clearTimeout(timer));
  if (release === undefined) {
    channel.close();
    return undefined;
  }
  channel.onmessage = ({ data }) => {
    if (data === QUESTION) channel.postMessage(ANSWER);
  };
  return () => {
    channel.close();
    release();
  };
}

/** Chromium forgets an abort of a worker's first request that comes before the browser has looked at the request: it neither rejects nor ends it. */
function request(name: string, signal: AbortSignal): Promise<(() => void) | undefined> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise, resolve, reject } = Promise.withResolvers<(() => void) | undefined>();
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  navigator.locks.request(name, { signal }, () => {
    // Granted after all: nobody waits for it.
    if (signal.aborted) return undefined;
    resolve(release);
    return released;
  }).catch((error: unknown) => {
    if (!signal.aborted) reject(error as Error);
  });
  return promise;
}
