/** First script of every page of a preview: its WebSockets go to the container, and what happens is told to the app. */
import type { ClientBoot, FromPreviewWorker, ToPreviewWorker } from '../../shared/protocol/preview-channel.ts';
import { obeyApp } from './client/commands.ts';
import { reportConsole, reportErrors, reportMilestones, reportRoutes } from './client/page-events.ts';
import { reporter } from './client/reports.ts';
import { createWebSocketClass } from './client/socket.ts';
import { reportViteMessage } from './client/vite.ts';
import { Relay } from './page/relay.ts';

const boot = (globalThis as unknown as { __terrariumPreview: ClientBoot }).__terrariumPreview;
Reflect.deleteProperty(globalThis, '__terrariumPreview');
const report = reporter(boot.appOrigin);
const workers = navigator.serviceWorker;
let relay: Relay | undefined;

const theRelay = (): Relay => (relay ??= new Relay(boot.hostOrigin, { refused: () => undefined }));

async function activeWorker(): Promise<ServiceWorker> {
  const worker = workers.controller ?? (await workers.ready).active;
  if (worker === null) throw new Error('This preview has no service worker.');
  return worker;
}

/** The service worker was stopped, or the container started anew: a new port is brought. */
async function reconnect(): Promise<void> {
  const port = await theRelay().connect();
  const message: ToPreviewWorker = { t: 'gateway' };
  (await activeWorker()).postMessage(message, [port]);
}

let reconnecting: Promise<void> | undefined;

workers.addEventListener('message', (event: MessageEvent<FromPreviewWorker>) => {
  const { data } = event;
  if (data.t === 'reconnect') reconnecting ??= reconnect().finally(() => { reconnecting = undefined; });
  if (data.t === 'cookies') for (const cookie of data.set) document.cookie = cookie;
});
workers.startMessages();
for (const cookie of boot.cookies) document.cookie = cookie;

/** This origin, and the loopback address that a program in the container would use for the same server. */
function pathOf(url: URL): string | undefined {
  const isLoopback = /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])$/.test(url.hostname) && Number(url.port) === boot.port;
  return url.host === location.host || isLoopback ? url.pathname + url.search : undefined;
}

window.WebSocket = createWebSocketClass({ pathOf, worker: activeWorker, onMessage: (text) => reportViteMessage(report, text) }, window.WebSocket);
// A shared worker would open sockets that nothing here sees (Vite's client polls from one after a restart).
Reflect.deleteProperty(window, 'SharedWorker');
reportMilestones(report);
reportConsole(report);
reportErrors(report);
reportRoutes(report);
obeyApp(boot.appOrigin, report, (channel) => void theRelay().pass(channel));
