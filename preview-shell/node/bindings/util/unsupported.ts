/** The error of what this platform cannot do. */
export function unavailable(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}
