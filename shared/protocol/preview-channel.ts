/**
 * How a preview page reaches the server that its environment's container runs.
 *
 *     preview page --(1)--> relay frame --(2)--> host service worker --(3)--> host page --> kernel worker
 *     preview service worker <==========(4) one MessagePort for the origin==========> gateway in the kernel
 *     preview page           <==========(5) one MessagePort for each WebSocket======> gateway in the kernel
 *     preview page <--(6)--> preview service worker
 *
 * (1) to (3) are the introduction: a port made in the preview travels to the kernel. (4) and (5) never cross a window.
 * For another port of the same environment the page frames that port's `/~terrarium/connect`, which does (1) to (3) under its own origin and hands the page
 * what it got: one more (4) in the same service worker.
 * The preview is hostile. The port number of a connection is taken from the browser's `event.origin` at (1) and travels
 * beside the MessagePort from then on; nothing that the preview says can change it. Rules: preview-shell/preview/SPEC.md.
 */
export const PREVIEW_CHANNEL_VERSION = 1;

/** Paths of ours on a preview origin; everything else belongs to the task's server. */
export const PREVIEW_PREFIX = '/~terrarium/';
export const PREVIEW_PATHS = {
  serviceWorker: '/~terrarium/preview-sw.js',
  client: '/~terrarium/client.js',
  workerClient: '/~terrarium/worker-client.js',
  bootstrap: '/~terrarium/bootstrap',
  bootstrapScript: '/~terrarium/bootstrap.js',
  /** Registers the service worker and connects it before there is anything to show. For a hidden frame. */
  prepare: '/~terrarium/prepare',
  /** Like `prepare`, and passes a port to the previews of the same environment on other ports that frame it. */
  connect: '/~terrarium/connect',
  /** Makes the browser drop all that it keeps of this origin, once the environment is gone (server/hosts/SPEC.md, H14). */
  forget: '/~terrarium/forget',
  /** App data (server/app-data/SPEC.md): this path and all below it are the server's, and nothing keeps their answers. */
  app: '/~terrarium/app',
} as const;

/** Paths of ours on the host origin. */
export const HOST_PATHS = { headless: '/headless', relay: '/relay', serviceWorker: '/host-sw.js', forget: '/~forget', runtime: '/~runtime/', modules: '/~m/' } as const;

// ---------------------------------------------------------------- (1) preview page <-> relay frame, or its opener

/** Preview page -> relay frame (target origin: the host's). Transfers one MessagePort. Also page -> `opener` (the app), when opened in a tab. */
export interface ConnectMessage {
  v: 1;
  source: 'terrarium-preview';
  kind: 'connect';
}

export type RefusalReason =
  /** The frame that asks is no preview of this label. */
  | 'origin-refused'
  /** No service worker of the host: blocked storage, an insecure origin, or a browser without. */
  | 'no-service-worker'
  /** No container runs in this browser partition; the relay says `host-ready` when one comes. */
  | 'no-host';

/** Relay frame -> preview page (target origin: the preview's). */
export type RelayMessage =
  | { v: 1; source: 'terrarium-relay'; kind: 'ready' }
  | { v: 1; source: 'terrarium-relay'; kind: 'connected' }
  | { v: 1; source: 'terrarium-relay'; kind: 'refused'; reason: RefusalReason }
  /** A container has started (or started anew): ports from before are dead, connect again. */
  | { v: 1; source: 'terrarium-relay'; kind: 'host-ready' };

/** Preview page -> the `/~terrarium/connect` frame of another port of its environment, which it frames: bring a port. */
export interface SiblingQuestion {
  v: 1;
  source: 'terrarium-preview';
  kind: 'connect-sibling';
}

/** `/~terrarium/connect` frame -> the preview of the same label that asked. Transfers one MessagePort, speaking (4), for the port of the frame's own origin. */
export interface SiblingMessage {
  v: 1;
  source: 'terrarium-sibling';
  kind: 'port';
  port: number;
}

// ---------------------------------------------------------------- (2), (3) relay <-> host service worker <-> host page

/** Relay -> host service worker. Transfers the MessagePort. `port` is the number in the verified `event.origin`. */
export interface ConnectPreview {
  t: 'connect-preview';
  v: 1;
  port: number;
}
/** Host service worker -> relay. With `no-host` the MessagePort comes back. */
export type ConnectAnswer = { t: 'connected' } | { t: 'no-host' } | { t: 'host-ready' };

/** Host page -> host service worker, at each start and whenever its controller changes. `session` is new at each start of a kernel. */
export interface HostAnnouncement {
  t: 'host';
  v: 1;
  session: string;
}
export type HostServiceWorkerMessage =
  /** Answer with a `HostAnnouncement` if this page runs the container; else with nothing. */
  | { t: 'who-is-host' }
  /** Transfers the MessagePort: give it to the gateway, `PreviewGateway.connect(messagePort, port)`. */
  | { t: 'preview'; v: 1; port: number };

// ---------------------------------------------------------------- (4) preview service worker <-> gateway

export type HeaderList = [name: string, value: string][];

export interface GatewayRequest {
  t: 'request';
  /** Chosen by the sender, unique on this port. */
  id: number;
  method: string;
  /** Path and query, beginning with "/". */
  url: string;
  headers: HeaderList;
  /** The whole body, `stream` when it follows in `body` messages, null for none. */
  body: ArrayBuffer | 'stream' | null;
  /** What the Fetch standard keeps beside the headers; the gateway makes Origin, Referer and Sec-Fetch-* of it. */
  context: RequestContext;
}

export interface RequestContext {
  /** Origin of the page that asks: the preview's own, or a sibling's. */
  origin: string;
  referrer: string;
  mode: string;
  destination: string;
  /** Cookies that scripts of the page set (`document.cookie`), if readable. */
  cookies: string;
  /** `omit`: cookies are neither sent nor kept. */
  credentials: string;
  /** The page wrote a loopback address (`http://localhost:3001`): the server is told `localhost` in Host, Origin and Referer. */
  loopback?: boolean;
}

export type ToGateway =
  | { t: 'hello'; v: number }
  | GatewayRequest
  | { t: 'body'; id: number; bytes: ArrayBuffer }
  | { t: 'body-end'; id: number }
  /** `bytes` of the response body were taken by the page: as many more may be sent. */
  | { t: 'ack'; id: number; bytes: number }
  | { t: 'abort'; id: number }
  /** Transfers one MessagePort, speaking (5). */
  | { t: 'socket'; url: string; protocols: string[]; origin: string; cookies: string; loopback?: boolean }
  /** Answered with `listening` once a server listens on this connection's port. */
  | { t: 'await-listening'; id: number }
  | { t: 'ping'; id: number }
  /** For `on('preview-message')` of @webcontainer/api. */
  | { t: 'preview-message'; message: unknown };

export type IsolationMode = 'none' | 'coep-credentialless' | 'coep-require-corp';

export interface PreviewScript {
  source: string;
  type?: 'module' | 'importmap';
  defer?: boolean;
  async?: boolean;
}

export type FromGateway =
  | { t: 'welcome'; v: 1; session: string; port: number; isolation: IsolationMode; script: PreviewScript | null }
  | { t: 'script'; script: PreviewScript | null }
  /** Sent at once for each `request`: from now on it has been tried, and must not be repeated unless its method allows. */
  | { t: 'accepted'; id: number }
  | { t: 'body-ack'; id: number; bytes: number }
  | GatewayResponse
  | { t: 'data'; id: number; bytes: ArrayBuffer }
  | { t: 'end'; id: number }
  | { t: 'failed'; id: number; reason: FailureReason; message: string }
  | { t: 'listening'; id: number }
  | { t: 'pong'; id: number };

export interface GatewayResponse {
  t: 'response';
  id: number;
  status: number;
  statusText: string;
  headers: HeaderList;
  /** Cookies that scripts may see, each as a `document.cookie` assignment. */
  cookies: string[];
  /** False: no body follows. */
  body: boolean;
}

export type FailureReason = 'not-listening' | 'reset' | 'bad-response' | 'time-limit' | 'refused';

/** Bytes of a response body that the gateway sends before it waits for `ack`. */
export const RESPONSE_WINDOW_BYTES = 1024 * 1024;
/** Bytes of a request body that may be sent before `body-ack`. */
export const REQUEST_WINDOW_BYTES = 512 * 1024;
/** Time from a complete request to the head of its response. Dev servers compile on demand, so it is long. */
export const RESPONSE_HEAD_LIMIT_MS = 120_000;
/** A `request` that is not `accepted` by then was sent on a dead port. */
export const ACCEPT_LIMIT_MS = 2_000;

// ---------------------------------------------------------------- (5) WebSocket in the page <-> gateway

export type ToSocket =
  | { t: 'send'; data: string | ArrayBuffer | Blob; bytes: number }
  | { t: 'close'; code?: number; reason?: string }
  /** `bytes` of received messages were dispatched. */
  | { t: 'ack'; bytes: number };

export type FromSocket =
  | { t: 'open'; protocol: string; cookies: string[] }
  | { t: 'message'; data: string | ArrayBuffer; bytes: number }
  /** `bytes` of sent messages have left (for `bufferedAmount`). */
  | { t: 'sent'; bytes: number }
  | { t: 'error'; message: string }
  | { t: 'close'; code: number; reason: string; clean: boolean };

/** Bytes of messages to the page before the gateway stops reading from the server. */
export const SOCKET_WINDOW_BYTES = 4 * 1024 * 1024;

// ---------------------------------------------------------------- (6) preview page <-> preview service worker

export type ToPreviewWorker =
  /** Transfers a MessagePort that leads to the gateway. `port` is set for that of a sibling. */
  | { t: 'gateway'; port?: number }
  /** Transfers the page's end of (5). `port` is another port of the container, else the page's own; `loopback` as in `RequestContext`. */
  | { t: 'socket'; url: string; protocols: string[]; port?: number; loopback?: boolean }
  /** Answered on the transferred port with `PreviewWorkerState`. */
  | { t: 'state' }
  /** Answered on the transferred port with `true` when a server listens. */
  | { t: 'await-listening' }
  | { t: 'preview-message'; message: unknown };

export interface PreviewWorkerState {
  version: string;
  connected: boolean;
}

export type FromPreviewWorker =
  /** The worker lost its way to the gateway: bring a new port. */
  | { t: 'reconnect' }
  /** A request needs another port of the container: frame its `connect` page and pass what it gives. */
  | { t: 'connect-sibling'; port: number }
  /** Why a request to another port failed: the page logs it, as a browser logs it, since its `fetch` is told nothing (Fetch standard, network error). */
  | { t: 'log-error'; message: string }
  | { t: 'cookies'; set: string[] };

/** What the service worker tells the client script about its surroundings; in front of the script's own text. */
export interface ClientBoot {
  v: 1;
  label: string;
  port: number;
  appOrigin: string;
  hostOrigin: string;
  cookies: string[];
}
