/** Pipes between two native streams (stream_pipe.cc), which only HTTP/2's `respondWithFile` makes. */
export function create(): Record<string, unknown> {
  class StreamPipe {
    constructor() {
      throw Object.assign(new Error('Native stream pipes are not supported in the container.'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
    }
  }
  return { StreamPipe };
}
