/** Trace events (node_trace_events.cc): no agent collects any here, so no category is ever enabled. */
export function create(): Record<string, unknown> {
  class CategorySet {
    enable(): void {
      throw Object.assign(new Error('Trace events are not supported in the container.'), { code: 'ERR_TRACE_EVENTS_UNAVAILABLE' });
    }
    disable(): void {}
  }
  const disabled = new Uint8Array(1);
  return {
    CategorySet,
    trace: () => undefined,
    getEnabledCategories: () => undefined,
    isTraceCategoryEnabled: () => false,
    getCategoryEnabledBuffer: () => disabled,
    setTraceCategoryStateUpdateHandler: () => undefined,
  };
}
