/** First script of every page of a preview: its WebSockets go to the container, and what happens is told to the app. */
import type { ClientBoot, FromPreviewWorker, ToPreviewWorker } from '../../shared/protocol/preview-channel.ts';
import { catchMissedUpdates } from '../../shared/preview/missed-updates.ts';
import { obeyApp } from './client/commands.ts';
import { reportConsole, reportErrors, reportMilestones, reportRoutes } from './client/page-events.ts';
import { reportMeasures } from './client/measures.ts';
import { reporter } from './client/reports.ts';
import { reportRequests } from './client/requests.ts';
import { reportScroll } from './client/scroll.ts';
import { containerPort } from './addresses.ts';
import { createWebSocketClass, type SocketTarget } from './client/socket.ts';
import { reportViteMessage } from './client/vite.ts';
import { Relay } from './page/relay.ts';
import { SiblingFrames } from './page/siblings.ts';

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

const siblings = new SiblingFrames(boot);

/** A request of this page needs another port of the container. */
async function connectSibling(port: number): Promise<void> {
  const channel = await siblings.connect(port);
  const message: ToPreviewWorker = { t: 'gateway', port };
  (await activeWorker()).postMessage(message, [channel]);
}

let reconnecting: Promise<void> | undefined;

workers.addEventListener('message', (event: MessageEvent<FromPreviewWorker>) => {
  const { data } = event;
  if (data.t === 'reconnect') reconnecting ??= reconnect().finally(() => { reconnecting = undefined; });
  if (data.t === 'connect-sibling') void connectSibling(data.port);
  if (data.t === 'log-error') console.error(data.message);
  if (data.t === 'cookies') for (const cookie of data.set) document.cookie = cookie;
});
workers.startMessages();
for (const cookie of boot.cookies) document.cookie = cookie;

/** Where in the container a URL leads. This origin's port may be written as a loopback address, which changes nothing. */
function routeOf(url: URL): SocketTarget | undefined {
  const at = containerPort(url, boot);
  if (at === undefined) return undefined;
  return { path: url.pathname + url.search, ...(at.port === boot.port ? {} : at) };
}

const caught = catchMissedUpdates({ mayHaveChanged: () => Promise.resolve(true) });
const onMade = (socket: WebSocket, protocols: readonly string[]): void => {
  if (protocols.includes('vite-hmr')) caught(socket);
};
window.WebSocket = createWebSocketClass({ routeOf, worker: activeWorker, onMade, onMessage: (text) => reportViteMessage(report, text) }, window.WebSocket);
// A shared worker would open sockets that nothing here sees (Vite's client polls from one after a restart).
Reflect.deleteProperty(window, 'SharedWorker');
reportMilestones(report);
reportConsole(report);
reportErrors(report);
reportRoutes(report);
reportRequests(report);
reportMeasures(report);
reportScroll(report);
obeyApp(boot.appOrigin, report, (channel) => void theRelay().pass(channel));
