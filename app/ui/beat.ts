/**
 * What moves while one waits moves to one beat. An animation of the browser's keeps all of its processes busy with sixty frames a second, which
 * are those in which the container boots on the same cores; two animations that step at their own times draw twice.
 */
import { useSyncExternalStore } from 'react';

export const BEAT_MS = 250;

/** `performance.now()` of the last beat. */
let at = performance.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) at = performance.now();
  timer ??= setInterval(() => {
    at = performance.now();
    for (const one of listeners) one();
  }, BEAT_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const never = (): (() => void) => () => undefined;

/** `performance.now()`, as it was at the last beat, while `on`. */
export function useBeat(on = true): number {
  return useSyncExternalStore(on ? subscribe : never, () => at);
}
