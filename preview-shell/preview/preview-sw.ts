/** The preview's service worker: everything that pages of this origin ask for comes from the container. */
import { PREVIEW_PREFIX, PREVIEW_PATHS, type FromPreviewWorker, type PreviewWorkerState, type RequestContext, type ToPreviewWorker } from '../../shared/protocol/preview-channel.ts';
import { containerPort, placeOf, type ContainerPort } from './addresses.ts';
import { forward, ForwardFailure } from './worker/forward.ts';
import { GatewayLink, NoGateway } from './worker/gateway-link.ts';
import { GivenTexts } from './worker/given-texts.ts';
import { headTags, injecting } from './worker/inject.ts';
import { mayImportItself, ownInstance } from './worker/own-instance.ts';
import { OwnPages } from './worker/own-pages.ts';
import { Siblings } from './worker/siblings.ts';
import { withPrelude } from './worker/worker-prelude.ts';

const scope = globalThis as unknown as ServiceWorkerGlobalScope;
const VERSION = '1';
const place = placeOf(scope.location);
const own = new OwnPages(place);
const link = new GatewayLink(askPages);
const siblings = new Siblings({ ask: (port) => tellPages({ t: 'connect-sibling', port }), log: (message) => void tellPages({ t: 'log-error', message }) });
const given = new GivenTexts();
let cookies: string[] = [];

/** Pages that are loading are told as well: theirs may be the only one. */
async function askPages(): Promise<boolean> {
  const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const message: FromPreviewWorker = { t: 'reconnect' };
  for (const page of pages) page.postMessage(message);
  return pages.length > 0;
}

/** Pages that run the client script. */
async function tellPages(message: FromPreviewWorker): Promise<boolean> {
  const pages = await scope.clients.matchAll({ type: 'window' });
  for (const page of pages) page.postMessage(message);
  return pages.length > 0;
}

const isDocument = (request: Request): boolean => request.mode === 'navigate' || request.destination === 'document' || request.destination === 'iframe';

async function respond(event: FetchEvent): Promise<Response> {
  const { request, clientId } = event;
  const url = new URL(request.url);
  if (url.pathname === PREVIEW_PATHS.client) return own.clientScript(cookies);
  if (url.pathname === PREVIEW_PATHS.app || url.pathname.startsWith(`${PREVIEW_PATHS.app}/`)) return fetch(request);
  if (url.pathname.startsWith(PREVIEW_PREFIX)) return request.method === 'GET' ? own.file(request, (work) => event.waitUntil(work)) : fetch(request);
  const before = request.cache === 'force-cache' ? given.take(clientId, request.url) : undefined;
  if (before !== undefined) return new Response(before);
  // Without a way to the container a page is needed to bring one; a page that is only being opened cannot.
  if (isDocument(request) && !link.isConnected) return own.bootstrapPage();
  try {
    const { head, body } = await forward(link, request, await contextOf(request, clientId));
    if (head.cookies.length > 0) await tellCookies(head.cookies);
    return await asResponse(request, head.status, head.statusText, head.headers, body, (text) => given.add(clientId, request.url, text));
  } catch (error) {
    return failure(request, error);
  }
}

async function respondFromSibling({ request, clientId }: FetchEvent, at: ContainerPort): Promise<Response> {
  const context = await contextOf(request, clientId);
  return at.port === place.port ? respondFromOwn(request, context) : siblings.respond(request, at, context);
}

/** This port by its loopback address: what the page may see of its own server, it may see under that name as well. */
async function respondFromOwn(request: Request, context: RequestContext): Promise<Response> {
  try {
    const { head, body } = await forward(link, request, context);
    return await asResponse(request, head.status, head.statusText, head.headers, body);
  } catch (error) {
    return failure(request, error);
  }
}

async function contextOf(request: Request, clientId: string): Promise<RequestContext> {
  const client = clientId === '' ? undefined : await scope.clients.get(clientId);
  const origin = client === undefined ? (isDocument(request) ? '' : scope.location.origin) : new URL(client.url).origin;
  return { origin, referrer: request.referrer, mode: request.mode, destination: request.destination, cookies: '', credentials: request.credentials };
}

async function asResponse(request: Request, status: number, statusText: string, list: [string, string][], body: ReadableStream<Uint8Array> | null, keep: (text: string) => void = () => undefined): Promise<Response> {
  const headers = new Headers(list);
  if (request.destination === 'worker' && isJavaScript(headers)) return workerOf(body, { status, statusText, headers });
  if (isChanging(request, headers)) return changingOf(request, body, { status, statusText, headers }, keep);
  // The body is decoded already, or of another length once something is put into it.
  if (!isDocument(request) || !/^text\/html\b/i.test(headers.get('content-type') ?? '')) return new Response(body, { status, statusText, headers });
  headers.append('content-security-policy', await own.sandboxPolicy());
  headers.delete('content-length');
  const page = body?.pipeThrough(injecting(headTags(PREVIEW_PATHS.client, link.script))) ?? null;
  return new Response(page as ReadableStream<Uint8Array<ArrayBuffer>> | null, { status, statusText, headers });
}

const isJavaScript = (headers: Headers): boolean => /^(?:text|application)\/(?:x-)?(?:java|ecma)script\b/i.test(headers.get('content-type') ?? '');

/** Scripts of workers are UTF-8, whatever their headers say (WHATWG HTML, 8.1.4.2). */
async function workerOf(body: ReadableStream<Uint8Array> | null, init: ResponseInit & { headers: Headers }): Promise<Response> {
  const text = await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>> | null).text();
  init.headers.delete('content-length');
  return new Response(withPrelude(text, await own.workerPrelude()), init);
}

const isChanging = ({ destination, url }: Request, headers: Headers): boolean =>
  ((destination === 'script' && isJavaScript(headers)) || destination === 'style') && mayImportItself(new URL(url));

async function changingOf(request: Request, body: ReadableStream<Uint8Array> | null, init: ResponseInit & { headers: Headers }, keep: (text: string) => void): Promise<Response> {
  if (body === null) return new Response(null, init);
  const bytes = await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer();
  const text = new TextDecoder().decode(bytes);
  if (init.status === 200) keep(text);
  const changed = request.destination === 'script' ? ownInstance(text, new URL(request.url)) : text;
  // A script in another encoding has none of these imports, and keeps its bytes.
  if (changed === text) return new Response(bytes, init);
  init.headers.delete('content-length');
  return new Response(changed, init);
}

const STATUS: Readonly<Record<string, number>> = { 'not-listening': 502, reset: 502, 'bad-response': 502, 'time-limit': 504, refused: 429 };

async function failure(request: Request, error: unknown): Promise<Response> {
  if (request.signal.aborted) throw error;
  const waits = error instanceof NoGateway || (error instanceof ForwardFailure && error.reason === 'not-listening');
  if (waits && isDocument(request)) return own.bootstrapPage();
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof ForwardFailure ? (STATUS[error.reason] ?? 502) : 503;
  return new Response(`${message}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } });
}

async function tellCookies(set: string[]): Promise<void> {
  cookies = [...cookies, ...set].slice(-300);
  const message: FromPreviewWorker = { t: 'cookies', set };
  for (const page of await scope.clients.matchAll({ type: 'window' })) page.postMessage(message);
}

function handle(message: ToPreviewWorker, ports: readonly MessagePort[], source: Client | undefined): void {
  const [port] = ports;
  switch (message.t) {
    case 'gateway':
      if (port === undefined) break;
      if (message.port === undefined) link.attach(port);
      else siblings.attach(message.port, port);
      break;
    case 'state': {
      const state: PreviewWorkerState = { version: VERSION, connected: link.isConnected };
      port?.postMessage(state);
      break;
    }
    case 'await-listening':
      void link.whenListening().then(() => port?.postMessage(true), () => port?.postMessage(false));
      break;
    case 'socket':
      if (port !== undefined && source !== undefined) void openSocket(message, port, new URL(source.url).origin);
      break;
    case 'preview-message': link.send({ t: 'preview-message', message: message.message }); break;
  }
}

async function openSocket({ url, protocols, port, loopback }: Extract<ToPreviewWorker, { t: 'socket' }>, page: MessagePort, origin: string): Promise<void> {
  try {
    const to = port === undefined ? link : siblings.link(port);
    await to.ready();
    to.send({ t: 'socket', url, protocols, origin, cookies: '', ...(loopback === undefined ? {} : { loopback }) }, [page]);
  } catch (error) {
    page.postMessage({ t: 'error', message: error instanceof Error ? error.message : String(error) });
    page.postMessage({ t: 'close', code: 1006, reason: '', clean: false });
  }
}

scope.addEventListener('install', () => void scope.skipWaiting());
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener('message', (event) => {
  const message = event.data as ToPreviewWorker;
  // A page has brought the way to the container: from here on the server may go away.
  if (message.t === 'gateway' && message.port === undefined) event.waitUntil(own.keep().catch(() => undefined));
  handle(message, event.ports, event.source instanceof Client ? event.source : undefined);
});
scope.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (url.origin === scope.location.origin) return event.respondWith(respond(event));
  const at = containerPort(url, place);
  if (at !== undefined && event.request.mode !== 'navigate') event.respondWith(respondFromSibling(event, at));
  return undefined;
});
