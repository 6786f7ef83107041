/** What the page requests, by whatever means, as browsers' network panels show it (preview-report.ts, RequestReport). */
import type { RequestReport } from '../../../shared/protocol/preview-report.ts';
import { headerList, isTextual, MAX_BODY, readBeginning, requestBodyText } from './bodies.ts';
import type { Report } from './reports.ts';
import { reportResources } from './resources.ts';
import { cut } from './values.ts';

type Fields = Omit<RequestReport, 'v' | 'source' | 'time' | 'realm' | 'kind' | 'id'>;
/** Tells one request more than once, under one id. */
export type Tell = (fields: Fields) => void;

const page = Math.random().toString(36).slice(2, 10);
let count = 0;

export function teller(report: Report): Tell {
  const id = `${page}-${++count}`;
  // The parser takes absent fields, not undefined ones.
  return (fields) => report('request', { id, ...(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields) });
}

export const shownUrl = (url: string | URL): string => {
  try {
    return cut(new URL(url, location.href).href, 8000);
  } catch {
    return cut(String(url), 8000);
  }
};

export function reportRequests(report: Report): void {
  reportFetch(report);
  reportXhr(report);
  reportBeacons(report);
  reportSockets(report);
  reportResources(report);
}

export function reportFetch(report: Report): void {
  const original = globalThis.fetch.bind(globalThis);
  globalThis.fetch = async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const tell = teller(report);
    const started = performance.now();
    const since = (): number => performance.now() - started;
    const asked = describeFetch(input, init);
    tell({ ...asked, state: 'pending' });
    try {
      const response = await original(input, init);
      tellResponse(tell, asked, response, since);
      return response;
    } catch (error) {
      tell({ ...asked, state: 'failed', durationMs: since(), error: cut(error instanceof Error ? `${error.name}: ${error.message}` : String(error), 2000) });
      throw error;
    }
  };
}

type Asked = Pick<Fields, 'initiator' | 'method' | 'url' | 'requestHeaders' | 'requestBody'>;

function describeFetch(input: RequestInfo | URL, init: RequestInit | undefined): Asked {
  const request = input instanceof Request ? input : undefined;
  const asked: Asked = { initiator: 'fetch', method: cut((init?.method ?? request?.method ?? 'GET').toUpperCase(), 30), url: shownUrl(request?.url ?? (input as string | URL)) };
  try {
    asked.requestHeaders = headerList(new Headers(init?.headers ?? request?.headers));
  } catch {
    // Headers that are none make the request fail by itself.
  }
  const body = requestBodyText(init?.body);
  return body === undefined ? asked : { ...asked, requestBody: body };
}

function tellResponse(tell: Tell, asked: Asked, response: Response, since: () => number): void {
  const contentType = response.headers.get('content-type');
  const answered: Fields = {
    ...asked, state: 'done', status: response.status, statusText: cut(response.statusText, 250), responseHeaders: headerList(response.headers),
    contentType: contentType === null ? undefined : cut(contentType, 250), durationMs: since(),
  };
  if (response.body === null || !isTextual(contentType)) return tell(answered);
  tell({ ...answered, state: 'pending' });
  readBeginning(response.clone()).then(
    ({ text, size }) => tell({ ...answered, durationMs: since(), responseBody: text, ...(size === undefined ? {} : { size }) }),
    (error: unknown) => tell({ ...answered, state: 'failed', durationMs: since(), error: cut(String(error), 2000) }),
  );
}

interface XhrState {
  method: string;
  url: string;
  headers: [string, string][];
}

export function reportXhr(report: Report): void {
  const states = new WeakMap<XMLHttpRequest, XhrState>();
  const { open, send, setRequestHeader } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, method: string, url: string | URL, ...rest: unknown[]) {
    states.set(this, { method: cut(String(method).toUpperCase(), 30), url: shownUrl(url), headers: [] });
    return (open as (...args: unknown[]) => void).call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.setRequestHeader = function (name, value) {
    const headers = states.get(this)?.headers;
    if (headers !== undefined && headers.length < 100) headers.push([cut(String(name), 255), cut(String(value), 8000)]);
    return setRequestHeader.call(this, name, value);
  };
  XMLHttpRequest.prototype.send = function (body) {
    const state = states.get(this);
    if (state !== undefined) followXhr(teller(report), this, state, body);
    return send.call(this, body as XMLHttpRequestBodyInit | null | undefined);
  };
}

function followXhr(tell: Tell, request: XMLHttpRequest, { method, url, headers }: XhrState, body: unknown): void {
  const started = performance.now();
  const text = requestBodyText(body);
  const asked: Asked = { initiator: 'xhr', method, url, requestHeaders: headers, ...(text === undefined ? {} : { requestBody: text }) };
  tell({ ...asked, state: 'pending' });
  request.addEventListener('loadend', ({ loaded }) => {
    const durationMs = performance.now() - started;
    if (request.status === 0) return tell({ ...asked, state: 'failed', durationMs, error: 'The request failed or was aborted.' });
    const contentType = request.getResponseHeader('content-type');
    const responseHeaders = request.getAllResponseHeaders().trim().split(/\r?\n/).slice(0, 100).map((line): [string, string] => [cut(line.slice(0, line.indexOf(':')), 255), cut(line.slice(line.indexOf(':') + 1).trim(), 8000)]);
    const answer = isTextual(contentType) ? responseText(request) : undefined;
    tell({ ...asked, state: 'done', status: request.status, statusText: cut(request.statusText, 250), durationMs, size: loaded, responseHeaders, contentType: contentType === null ? undefined : cut(contentType, 250), responseBody: answer });
  }, { once: true });
}

function responseText({ responseType, response }: XMLHttpRequest): string | undefined {
  if (responseType === '' || responseType === 'text') return cut(response as string, MAX_BODY);
  return responseType === 'json' ? cut(JSON.stringify(response), MAX_BODY) : undefined;
}

function reportBeacons(report: Report): void {
  const original = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (url, body) => {
    const queued = original(url, body);
    teller(report)({ initiator: 'beacon', method: 'POST', url: shownUrl(url), state: queued ? 'done' : 'failed', requestBody: requestBodyText(body) });
    return queued;
  };
}

/** A construction is watched, the class stays what it is. */
function reportSockets(report: Report): void {
  const watched = <C extends typeof WebSocket | typeof EventSource>(constructor: C, initiator: 'websocket' | 'eventsource'): C =>
    new Proxy(constructor, {
      construct(target, args, newTarget) {
        const made = Reflect.construct(target, args, newTarget) as WebSocket | EventSource;
        followStream(teller(report), made, initiator);
        return made;
      },
    });
  window.WebSocket = watched(window.WebSocket, 'websocket');
  window.EventSource = watched(window.EventSource, 'eventsource');
}

function followStream(tell: Tell, stream: WebSocket | EventSource, initiator: 'websocket' | 'eventsource'): void {
  const started = performance.now();
  const asked = { initiator, method: 'GET', url: shownUrl(stream.url) };
  let opened = false;
  tell({ ...asked, state: 'pending' });
  stream.addEventListener('open', () => {
    opened = true;
    tell({ ...asked, state: 'pending', status: initiator === 'websocket' ? 101 : 200, durationMs: performance.now() - started });
  });
  stream.addEventListener('error', () => {
    if (!opened) tell({ ...asked, state: 'failed', durationMs: performance.now() - started, error: 'The connection could not be opened.' });
  });
  stream.addEventListener('close', () => opened && tell({ ...asked, state: 'done', status: 101, durationMs: performance.now() - started }));
}
