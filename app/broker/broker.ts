/** Entry of the broker frame: shakes hands with the app that embeds it and serves one session (shared/protocol/broker.ts). */
import { appOrigin, hostOrigin } from './host-url.ts';
import { APP_SOURCE, BROKER_SOURCE, BROKER_VERSION } from '../../shared/protocol/broker-constants.ts';
import { Boot } from './eager-boot.ts';
import { BrokerSession } from './session.ts';

let boot: Boot | undefined;

function onMessage(event: MessageEvent<unknown>): void {
  if (event.origin !== appOrigin || event.source !== window.parent) return;
  const port = event.ports[0];
  if (port === undefined || !isConnect(event.data)) return;
  window.removeEventListener('message', onMessage);
  new BrokerSession(port, hostOrigin, boot);
}

/** `connectSchema` of the protocol, by hand. */
function isConnect(data: unknown): boolean {
  if (typeof data !== 'object' || data === null || !('source' in data) || !('type' in data) || !('v' in data)) return false;
  return data.source === APP_SOURCE && data.type === 'connect' && data.v === BROKER_VERSION;
}

if (window.parent === window) {
  document.body.textContent = 'This page is a part of Terrarium that works inside another page.';
} else {
  window.addEventListener('message', onMessage);
  window.parent.postMessage({ source: BROKER_SOURCE, type: 'hello', v: BROKER_VERSION }, appOrigin);
  boot = new Boot(hostOrigin);
}
