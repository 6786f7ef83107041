/** The frame in a preview page that knows the way to the container: takes the preview's port to the host's service worker (preview-channel.ts, (1) and (2)). */
import type { ConnectAnswer, ConnectMessage, ConnectPreview, RefusalReason, RelayMessage } from '../../shared/protocol/preview-channel.ts';
import { previewPort } from './preview-port.ts';

type Told = { kind: 'ready' } | { kind: 'connected' } | { kind: 'host-ready' } | { kind: 'refused'; reason: RefusalReason };

/** The preview that asked, once its origin was checked: all that follows goes to it alone. */
let preview: string | undefined;

function tell(message: Told): void {
  if (preview === undefined) return;
  const told = { v: 1, source: 'terrarium-relay', ...message } as RelayMessage;
  parent.postMessage(told, preview);
}

async function connect(port: number, channel: MessagePort): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  const worker = registration?.active ?? undefined;
  if (worker === undefined) return tell({ kind: 'refused', reason: registration === undefined ? 'no-host' : 'no-service-worker' });
  const message: ConnectPreview = { t: 'connect-preview', v: 1, port };
  worker.postMessage(message, [channel]);
  return undefined;
}

function isConnect(data: unknown): data is ConnectMessage {
  const message = data as Partial<ConnectMessage> | null;
  return typeof message === 'object' && message?.v === 1 && message.source === 'terrarium-preview' && message.kind === 'connect';
}

addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.source !== parent || !isConnect(event.data)) return;
  const port = previewPort(event.origin, location.origin);
  const [channel] = event.ports;
  // A stranger is not even told that there is somebody here.
  if (port === undefined || channel === undefined) return;
  preview = event.origin;
  void connect(port, channel);
});

navigator.serviceWorker?.addEventListener('message', ({ data }: MessageEvent<ConnectAnswer>) => {
  if (data.t === 'connected') tell({ kind: 'connected' });
  if (data.t === 'no-host') tell({ kind: 'refused', reason: 'no-host' });
  if (data.t === 'host-ready') tell({ kind: 'host-ready' });
});
navigator.serviceWorker?.startMessages();

// Who frames this page is not known before it speaks; its origin is told by the referrer, and is checked like any other.
const asker = document.referrer === '' ? undefined : new URL(document.referrer).origin;
if (parent !== window && asker !== undefined && previewPort(asker, location.origin) !== undefined) {
  preview = asker;
  tell({ kind: 'ready' });
}
