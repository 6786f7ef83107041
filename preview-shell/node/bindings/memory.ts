/**
 * No browser tells a worker how much memory it uses: `performance.memory` is a window's, `measureUserAgentSpecificMemory()` a window's too, and it answers
 * seconds later, with a garbage collection that a thread blocked in the call would never come to. @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM
 */
export function unknownMemory(asked: string): never {
  throw Object.assign(new Error(`${asked} is not supported in the container: the browser does not tell a worker how much memory it uses.`), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}
