/** Heap snapshots (heap_utils.cc): a page cannot take one of itself. */
export function create(): Record<string, unknown> {
  const refuse = () => {
    throw Object.assign(new Error('Heap snapshots are not supported in the container: use the browser\'s developer tools.'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  };
  return { buildEmbedderGraph: refuse, triggerHeapSnapshot: refuse, createHeapSnapshotStream: refuse };
}
