import { native } from '../natives.ts';

interface MemoryInfo {
  totalJSHeapSize: number;
  usedJSHeapSize: number;
  jsHeapSizeLimit: number;
}

/** What the browser tells of this thread's heap; workers are told nothing in the browsers of today. */
export function jsHeap(): MemoryInfo | undefined {
  return (native.performance as Performance & { memory?: MemoryInfo }).memory;
}

/** @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM where the browser does not tell */
export function knownHeap(asked: string): MemoryInfo {
  const heap = jsHeap();
  if (heap !== undefined) return heap;
  throw Object.assign(new Error(`${asked} is not supported in the container: the browser does not tell a worker how much memory it uses.`), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}
