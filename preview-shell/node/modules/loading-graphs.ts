import type { EventLoop } from '../context.ts';

/** Graphs whose modules the browser still fetches. Evaluation itself keeps no process alive: a top-level await that nothing settles ends it with 13. */
const loading = new Map<Set<number>, () => void>();

/** Keeps the process alive until a module of the graph runs, or the returned function is called. */
export function holdUntilEvaluation(loop: Pick<EventLoop, 'hold'>, graph: readonly { readonly serial: number }[]): () => void {
  const serials = new Set(graph.map((record) => record.serial));
  const release = loop.hold();
  const loaded = (): void => {
    loading.delete(serials);
    release();
  };
  loading.set(serials, loaded);
  return loaded;
}

/** A module of that number runs. */
export function evaluationBegan(serial: number): void {
  for (const [serials, loaded] of loading) if (serials.has(serial)) loaded();
}
