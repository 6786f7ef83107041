import { native } from '../natives.ts';

const waitWord = new Int32Array(new SharedArrayBuffer(4));

/**
 * Calls back once after `milliseconds`; returns the cancel. Browsers clamp nested `setTimeout` to 4 ms, which Node does not:
 * a short wait is an asynchronous wait on a word that nobody wakes.
 */
export function wakeAfter(milliseconds: number, callback: () => void): () => void {
  let cancelled = false;
  const fire = () => { if (!cancelled) callback(); };
  if (milliseconds < 5 && typeof Atomics.waitAsync === 'function') {
    const wait = Atomics.waitAsync(waitWord, 0, 0, milliseconds);
    if (wait.async) void wait.value.then(fire);
    else native.queueMicrotask(fire);
    return () => { cancelled = true; };
  }
  const handle = native.setTimeout(fire, Math.min(milliseconds, 0x7fffffff));
  return () => { cancelled = true; native.clearTimeout(handle); };
}
