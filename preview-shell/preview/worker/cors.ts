/**
 * CORS between two ports of the container, as the Fetch standard has it: the browser leaves it to the service worker that answers.
 * The section of the standard is named at each function.
 */

export type Headerish = readonly (readonly [name: string, value: string])[];

const SAFE_METHODS = new Set(['GET', 'HEAD', 'POST']);
const SAFE_TYPES = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);
/** "CORS-unsafe request-header byte". */
// oxlint-disable-next-line no-control-regex -- the standard names control characters
const UNSAFE_BYTE = /[\x00-\x08\x0a-\x1f"():<>?@[\\\]{}\x7f]/;
const MAX_VALUE = 128;
const MAX_VALUES = 1024;
/** What the browser itself adds, which is no request of the page's. */
const OF_THE_BROWSER = /^(?:accept-encoding|cookie|dnt|origin|referer|upgrade-insecure-requests|user-agent|content-length|sec-.*|proxy-.*)$/;
/** The browser adds these for an `EventSource` and asks nobody (HTML standard, "server-sent events"). */
const OF_EVENT_SOURCE = new Set(['cache-control', 'last-event-id']);

/** "CORS-safelisted request-header". */
function isSafeHeader(name: string, value: string): boolean {
  if (value.length > MAX_VALUE) return false;
  switch (name) {
    case 'accept': return !UNSAFE_BYTE.test(value);
    case 'accept-language':
    case 'content-language': return /^[0-9A-Za-z *,\-.;=]*$/.test(value);
    case 'content-type': return !UNSAFE_BYTE.test(value) && SAFE_TYPES.has((value.split(';')[0] ?? '').trim().toLowerCase());
    case 'range': return /^bytes=\d+-\d*$/.test(value);
    default: return false;
  }
}

/** "CORS-unsafe request-header names": lower case, sorted. */
export function unsafeHeaderNames(headers: Headerish): string[] {
  const lower = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const isStream = lower.some(([name, value]) => name === 'accept' && value === 'text/event-stream');
  const asked = lower.filter(([name]) => !OF_THE_BROWSER.test(name) && !(isStream && OF_EVENT_SOURCE.has(name)));
  const safe = asked.filter(([name, value]) => isSafeHeader(name, value));
  const tooMany = safe.reduce((sum, [, value]) => sum + value.length, 0) > MAX_VALUES;
  return asked.filter((entry) => tooMany || !safe.includes(entry)).map(([name]) => name).sort();
}

export interface CorsRequest {
  method: string;
  headers: Headerish;
  /** Origin of the page that asks. */
  origin: string;
  /** `credentials: 'include'`. */
  withCredentials: boolean;
}

export const needsPreflight = ({ method, headers }: CorsRequest): boolean => !SAFE_METHODS.has(method) || unsafeHeaderNames(headers).length > 0;

/** Headers of the CORS-preflight request. */
export function preflightHeaders({ method, headers }: CorsRequest): [string, string][] {
  const names = unsafeHeaderNames(headers);
  const list: [string, string][] = [['Accept', '*/*'], ['Access-Control-Request-Method', method]];
  return names.length === 0 ? list : [...list, ['Access-Control-Request-Headers', names.join(',')]];
}

/** "CORS check". @returns what is wrong with the answer's headers, as the end of a sentence */
export function corsFault({ origin, withCredentials }: CorsRequest, answer: Headers): string | undefined {
  const allowed = answer.get('access-control-allow-origin');
  if (allowed === null) return 'has no Access-Control-Allow-Origin header';
  if (!withCredentials && allowed === '*') return undefined;
  if (allowed !== origin) return `allows ${allowed === '*' ? 'no credentials (its Access-Control-Allow-Origin is *)' : `another origin (${allowed})`}`;
  if (withCredentials && answer.get('access-control-allow-credentials') !== 'true') return 'has no Access-Control-Allow-Credentials: true';
  return undefined;
}

/** "CORS-preflight fetch", from the answer's arrival on. @returns what is wrong with it, as the end of a sentence */
export function preflightFault(request: CorsRequest, status: number, answer: Headers): string | undefined {
  const fault = corsFault(request, answer);
  if (fault !== undefined) return fault;
  if (status < 200 || status > 299) return `has the status ${status}, where a preflight needs one from 200 to 299`;
  const listed = (name: string, lower: boolean): Set<string> => new Set((answer.get(name) ?? '').split(',').map((part) => (lower ? part.trim().toLowerCase() : part.trim())));
  const methods = listed('access-control-allow-methods', false);
  const names = listed('access-control-allow-headers', true);
  const any = (list: Set<string>): boolean => list.has('*') && !request.withCredentials;
  if (!SAFE_METHODS.has(request.method) && !methods.has(request.method) && !any(methods)) return `does not allow the method ${request.method}`;
  const refused = unsafeHeaderNames(request.headers).find((name) => !names.has(name) && !(any(names) && name !== 'authorization'));
  return refused === undefined ? undefined : `does not allow the header ${refused}`;
}

/** "CORS-safelisted response-header name". */
const SHOWN = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma'];

/** "CORS filtered response": the headers that the page may see. */
export function shownHeaders({ withCredentials }: CorsRequest, answer: Headers): Headers {
  const exposed = (answer.get('access-control-expose-headers') ?? '').split(',').map((name) => name.trim().toLowerCase());
  if (exposed.includes('*') && !withCredentials) return new Headers(answer);
  const shown = new Set([...SHOWN, ...exposed]);
  return new Headers([...answer].filter(([name]) => shown.has(name)));
}
