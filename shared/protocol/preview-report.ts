/**
 * What the script in a preview page tells the app that frames it: console, errors, requests, routes.
 *
 * One direction: preview page -> its parent, by `window.parent.postMessage(report, appOrigin)`, plain structured clones, no ports.
 * The preview is hostile: the app checks `event.origin` (the preview origin of that environment and port) and `event.source`
 * (the frame it made), then parses. A report that does not parse is counted and dropped. Sizes are capped by the sender and again here.
 */
import * as z from 'zod';

export const PREVIEW_REPORT_VERSION = 1;
export const PREVIEW_REPORT_SOURCE = 'terrarium-preview';

/** Longest text of one value, in UTF-16 units; the sender cuts and appends an ellipsis. */
export const MAX_TEXT = 64 * 1024;
const text = z.string().max(MAX_TEXT + 1);

/**
 * A logged value as the panel draws it, made by the sender so that nothing of the page's own objects crosses.
 * `preview` is the one-line form (as browser consoles print it); `children` one level of own properties, at most 100, nested at most 4 deep.
 */
export interface LoggedValue {
  type: 'string' | 'number' | 'bigint' | 'boolean' | 'undefined' | 'null' | 'symbol' | 'function' | 'object' | 'array' | 'error' | 'element';
  preview: string;
  children?: { key: string; value: LoggedValue }[];
}

const leafTypes = ['string', 'number', 'bigint', 'boolean', 'undefined', 'null', 'symbol', 'function', 'object', 'array', 'error', 'element'] as const;

function loggedValueAtDepth(depth: number): z.ZodType<LoggedValue> {
  const base = { type: z.enum(leafTypes), preview: text };
  if (depth === 0) return z.object(base);
  return z.object({
    ...base,
    children: z.array(z.object({ key: z.string().max(1024), value: loggedValueAtDepth(depth - 1) })).max(100).optional(),
  });
}
export const loggedValueSchema = loggedValueAtDepth(4);

/** One frame of a stack. `file` is a disk path (`/home/project/src/App.tsx`) where the sender could map it, else the URL. 1-based line and column. */
export const stackFrameSchema = z.object({
  function: z.string().max(1024).optional(),
  file: z.string().max(4096),
  line: z.number().int().positive(),
  column: z.number().int().nonnegative().optional(),
});
export type StackFrame = z.infer<typeof stackFrameSchema>;

const common = {
  v: z.literal(PREVIEW_REPORT_VERSION),
  source: z.literal(PREVIEW_REPORT_SOURCE),
  /** Milliseconds since the epoch, by the preview's clock. */
  time: z.number(),
  /** Where it happened: the page, one of its workers, or a frame inside it. */
  realm: z.enum(['page', 'worker', 'frame']).default('page'),
};

export const consoleLevels = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'dir', 'group', 'groupCollapsed', 'groupEnd', 'clear', 'count', 'timeEnd', 'assert'] as const;

export const consoleReportSchema = z.object({
  ...common,
  kind: z.literal('console'),
  level: z.enum(consoleLevels),
  args: z.array(loggedValueSchema).max(100),
  stack: z.array(stackFrameSchema).max(50).optional(),
});

export const errorReportSchema = z.object({
  ...common,
  kind: z.literal('error'),
  type: z.enum(['error', 'unhandledrejection', 'resource']),
  name: z.string().max(1024),
  message: text,
  stack: z.array(stackFrameSchema).max(50),
});

/** Sent when the request starts (`state: 'pending'`) and again, with the same `id`, when it ends. */
export const requestReportSchema = z.object({
  ...common,
  kind: z.literal('request'),
  id: z.string().max(64),
  state: z.enum(['pending', 'done', 'failed']),
  initiator: z.enum(['fetch', 'xhr', 'websocket', 'eventsource', 'beacon', 'resource', 'navigation']),
  method: z.string().max(32),
  url: z.string().max(8192),
  status: z.number().int().min(0).max(999).optional(),
  statusText: z.string().max(256).optional(),
  contentType: z.string().max(256).optional(),
  /** Bytes of the decoded body, where the browser tells. */
  size: z.number().nonnegative().optional(),
  durationMs: z.number().nonnegative().optional(),
  requestHeaders: z.array(z.tuple([z.string().max(256), z.string().max(8192)])).max(100).optional(),
  responseHeaders: z.array(z.tuple([z.string().max(256), z.string().max(8192)])).max(100).optional(),
  /** First part of a textual body. */
  requestBody: text.optional(),
  responseBody: text.optional(),
  error: z.string().max(2048).optional(),
});

/** The page's address: at load, `history.pushState`/`replaceState`, `popstate`, `hashchange`. */
export const routeReportSchema = z.object({
  ...common,
  kind: z.literal('route'),
  /** Path, query and hash, beginning with "/". */
  url: z.string().max(8192),
  title: z.string().max(1024),
  /** The same for all routes of one document; another after each load. */
  document: z.string().max(64).optional(),
  canGoBack: z.boolean().optional(),
  canGoForward: z.boolean().optional(),
});

/** How far the page is scrolled: shares of the way that there is, 0 to 1 (0 where there is none). */
export const scrollReportSchema = z.object({ ...common, kind: z.literal('scroll'), x: z.number().min(0).max(1), y: z.number().min(0).max(1) });

/** `script`: the client script runs, before any script of the page. `load`: the load event. `paint`: the browser's first contentful paint. */
export const readyReportSchema = z.object({
  ...common,
  kind: z.literal('ready'),
  state: z.enum(['script', 'load', 'paint']),
  /** Milliseconds since the navigation began. */
  sinceNavigationMs: z.number().nonnegative(),
  /** Whether the body has anything to show: element count below body and characters of text. */
  body: z.object({ elements: z.number().int().nonnegative(), characters: z.number().int().nonnegative() }).optional(),
});

/** A build error that Vite's own client got over its WebSocket (`type: 'error'` of Vite's HMR payload). */
export const viteErrorReportSchema = z.object({
  ...common,
  kind: z.literal('vite-error'),
  message: text,
  plugin: z.string().max(256).optional(),
  file: z.string().max(4096).optional(),
  line: z.number().int().positive().optional(),
  column: z.number().int().nonnegative().optional(),
  frame: text.optional(),
});

/** A hot update was applied, or the page asked for a full reload; the bench and the status bar use it. */
export const hotUpdateReportSchema = z.object({
  ...common,
  kind: z.literal('hot-update'),
  type: z.enum(['update', 'full-reload']),
  paths: z.array(z.string().max(4096)).max(200),
});

/**
 * What the page's script measures beside `ready`: `hot-update` from the update's message to the frame that shows the first change of the page after it,
 * `long-task` a task of 50 ms or more (W3C Long Tasks), `largest-contentful-paint` as its draft says (the last report of a navigation counts).
 */
export const performanceReportSchema = z.object({
  ...common,
  kind: z.literal('performance'),
  metric: z.enum(['hot-update', 'long-task', 'largest-contentful-paint']),
  /** Milliseconds since the navigation began. */
  startMs: z.number().nonnegative(),
  durationMs: z.number().nonnegative(),
});

/** What the probe found when asked (`probe` request below). */
export const probeReportSchema = z.object({
  ...common,
  kind: z.literal('probe'),
  id: z.string().max(64),
  crossOriginIsolated: z.boolean(),
  secureContext: z.boolean(),
  serviceWorker: z.enum(['controlled', 'uncontrolled', 'unavailable']),
  storage: z.enum(['ok', 'blocked']),
  body: z.object({ elements: z.number().int().nonnegative(), characters: z.number().int().nonnegative() }),
});

export const previewReportSchema = z.discriminatedUnion('kind', [
  consoleReportSchema,
  errorReportSchema,
  requestReportSchema,
  routeReportSchema,
  scrollReportSchema,
  readyReportSchema,
  viteErrorReportSchema,
  hotUpdateReportSchema,
  performanceReportSchema,
  probeReportSchema,
]);

export type PreviewReport = z.infer<typeof previewReportSchema>;
export type ConsoleReport = z.infer<typeof consoleReportSchema>;
export type ErrorReport = z.infer<typeof errorReportSchema>;
export type RequestReport = z.infer<typeof requestReportSchema>;
export type PerformanceReport = z.infer<typeof performanceReportSchema>;
export type ViteErrorReport = z.infer<typeof viteErrorReportSchema>;

/**
 * The other direction, app -> preview page: `frame.contentWindow.postMessage(command, previewOrigin)`.
 * The client script checks `event.source === window.parent` and that `event.origin` is the app's.
 */
export const previewCommandSchema = z.discriminatedUnion('command', [
  z.object({ v: z.literal(1), source: z.literal('terrarium-app'), command: z.literal('reload') }),
  z.object({ v: z.literal(1), source: z.literal('terrarium-app'), command: z.literal('navigate'), url: z.string().max(8192) }),
  /** To a route of the document that is there, by its history, so that the page's own router shows it. */
  z.object({ v: z.literal(1), source: z.literal('terrarium-app'), command: z.literal('route'), url: z.string().max(8192) }),
  /** As `scroll` reports it. */
  z.object({ v: z.literal(1), source: z.literal('terrarium-app'), command: z.literal('scroll'), x: z.number().min(0).max(1), y: z.number().min(0).max(1) }),
  z.object({ v: z.literal(1), source: z.literal('terrarium-app'), command: z.literal('back') }),
  z.object({ v: z.literal(1), source: z.literal('terrarium-app'), command: z.literal('forward') }),
  z.object({ v: z.literal(1), source: z.literal('terrarium-app'), command: z.literal('probe'), id: z.string().max(64) }),
  /**
   * Transfers one MessagePort of a tab that shows the same origin and asked its opener, the app, for a way to the container
   * (`ConnectMessage` of preview-channel.ts): pass it to the relay as if it were the page's own.
   */
  z.object({ v: z.literal(1), source: z.literal('terrarium-app'), command: z.literal('connect') }),
]);
export type PreviewCommand = z.infer<typeof previewCommandSchema>;
