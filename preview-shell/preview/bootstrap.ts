/** The page that is shown while there is nothing to show: brings the service worker up, connects it, waits for a server, loads what was asked for. */
import { PREVIEW_PATHS, type PreviewWorkerState, type ToPreviewWorker } from '../../shared/protocol/preview-channel.ts';
import { placeOf } from './addresses.ts';
import { Relay } from './page/relay.ts';
import { answerSibling } from './page/siblings.ts';

const place = placeOf(location);
/** A hidden frame that only prepares the way. */
const prepares = location.pathname === PREVIEW_PATHS.prepare || location.pathname === PREVIEW_PATHS.connect;
const STUCK_MS = 10_000;

type Shown = 'connecting' | 'waiting' | 'stuck';

/** `code`: of shared/errors/table.ts, which would be most of this page. */
function show(state: Shown, title: string, detail: string, code = ''): void {
  document.querySelector('main')?.setAttribute('data-state', state);
  const set = (id: string, text: string): void => {
    const element = document.getElementById(id);
    if (element !== null) element.textContent = text;
  };
  set('title', title);
  set('detail', detail);
  set('code', code);
}

async function activeWorker(): Promise<ServiceWorker> {
  await navigator.serviceWorker.register(PREVIEW_PATHS.serviceWorker, { scope: '/', updateViaCache: 'none' });
  const { active } = await navigator.serviceWorker.ready;
  if (active === null) throw new Error('The service worker is not active.');
  return active;
}

function ask<T>(worker: ServiceWorker, question: ToPreviewWorker): Promise<T> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<T>) => {
      port1.close();
      resolve(data);
    };
    worker.postMessage(question, [port2]);
  });
}

async function connect(worker: ServiceWorker): Promise<void> {
  const { connected } = await ask<PreviewWorkerState>(worker, { t: 'state' });
  if (connected) return;
  const relay = new Relay(place.hostOrigin, {
    refused: (reason) => show('stuck', 'The container is not running', reason === 'no-service-worker'
      ? 'This browser blocks the storage that previews need. Allow site data for this address, or use a normal window.'
      : 'Open the environment in its workspace; this page goes on by itself.', reason === 'no-service-worker' ? 'E-TERRARIUM-2124' : 'E-TERRARIUM-2120'),
  });
  const port = await relay.connect();
  const message: ToPreviewWorker = { t: 'gateway' };
  worker.postMessage(message, [port]);
}

async function start(): Promise<void> {
  const worker = await activeWorker();
  await connect(worker);
  // The worker may ask again, for as long as this page is the only one.
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<{ t?: string }>) => {
    if (data.t === 'reconnect') void connect(worker);
  });
  navigator.serviceWorker.startMessages();
  if (prepares) return;
  show('waiting', `Waiting for port ${place.port}…`, '');
  const stuck = setTimeout(() => show('stuck', `Nothing listens on port ${place.port} yet`, 'Start the dev server in the terminal, or look there for why it stopped. This page loads by itself once it answers.', 'E-TERRARIUM-2121'), STUCK_MS);
  await ask<boolean>(worker, { t: 'await-listening' });
  clearTimeout(stuck);
  location.reload();
}

if (location.pathname === PREVIEW_PATHS.connect) answerSibling(place, new Relay(place.hostOrigin, { refused: () => undefined }));
if ('serviceWorker' in navigator) {
  start().catch((error: unknown) => show('stuck', 'The preview cannot start', error instanceof Error ? error.message : String(error)));
} else {
  show('stuck', 'The preview cannot start', 'This browser offers no service workers here. Use a normal window, and http://localhost or https.');
}
