/** What only V8's own tests and `v8.queryObjects` ask (internal_only_v8.cc). */
export function create(): Record<string, unknown> {
  return {
    queryObjects: () => {
      throw Object.assign(new Error('v8.queryObjects() is not supported in the container.'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
    },
  };
}
