/** node:http2 can be loaded, for programs that offer it besides HTTP/1.1; a session cannot be made: browsers speak HTTP/2 with nobody but servers (node_http2.cc). */
import { ERROR_NAMES, FIELDS, HTTP2_CONSTANTS } from './tables/http2-constants.ts';

export function create(): Record<string, unknown> {
  const refuse = (): never => {
    throw Object.assign(new Error('HTTP/2 is not supported in the container: use HTTP/1.1.'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  };
  class Http2Stream {
    constructor() {
      refuse();
    }
  }
  class Http2Session {
    constructor() {
      refuse();
    }
  }
  return {
    ...FIELDS,
    constants: { ...HTTP2_CONSTANTS },
    nameForErrorCode: [...ERROR_NAMES],
    sessionState: new Float64Array(9), streamState: new Float64Array(6), settingsBuffer: new Uint32Array(29), optionsBuffer: new Uint32Array(14),
    streamStats: new Float64Array(6), sessionStats: new Float64Array(9),
    Http2Stream, Http2Session,
    nghttp2ErrorString: (code: number) => `HTTP/2 error ${code}`,
    refreshDefaultSettings: () => undefined,
    packSettings: refuse,
    setCallbackFunctions: () => undefined,
  };
}
