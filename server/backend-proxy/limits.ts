/** What one backend's traffic may take. */
export interface ProxyLimits {
  /** Bytes of a request's header fields. */
  headerBytes: number;
  /** Bytes of a request's body. */
  bodyBytes: number;
  /** Bytes of an answer's body. */
  answerBytes: number;
  /** Requests and WebSockets of one environment that are open at once. */
  connections: number;
  /** Milliseconds until an answer begins, waiting for a deploy included. */
  answerMs: number;
  /** Milliseconds that a body, either way, may stand still. */
  idleMs: number;
  /** Failures in a row after which a backend is left alone. */
  failures: number;
  /** Milliseconds for which it is left alone the first time; doubled up to the second figure. */
  restMs: readonly [first: number, most: number];
}

export const PROXY_LIMITS: ProxyLimits = {
  headerBytes: 32 * 1024,
  bodyBytes: 32 * 1024 * 1024,
  answerBytes: 256 * 1024 * 1024,
  connections: 200,
  answerMs: 30_000,
  idleMs: 5 * 60_000,
  failures: 5,
  restMs: [1000, 30_000],
};
