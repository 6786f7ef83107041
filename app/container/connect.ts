/** Opens the broker frame of an environment and shakes hands with it (shared/protocol/broker.ts). */
import { APP_SOURCE, BROKER_SOURCE, BROKER_VERSION, helloSchema } from '../../shared/protocol/broker.ts';
import type { z } from 'zod';
import { takeBrokerFrame } from './broker-frame.ts';
import type { BrokerFrame } from './broker-frame.ts';
import { TerrariumError } from '../../shared/errors/error.ts';

/** How long the broker frame may take to say hello, in milliseconds. */
const HELLO_LIMIT = 20_000;
/** The same once its document has loaded: its script ran before that, so the hello is on its way or will never come. */
const HELLO_AFTER_LOAD = 2_000;

export interface BrokerConnection {
  port: MessagePort;
  /** Removes the frame, and with it the container host and all its processes. */
  close(): void;
  /** Calls back when the frame's document was replaced: what ran in it is gone. */
  onLost(callback: () => void): void;
}

/**
 * `brokerOrigin` is the environment's broker origin (`origins(base).broker(label)`).
 * Rejects with a `TerrariumError` when the frame does not answer in time, or with the signal's reason.
 */
export async function connectBroker(brokerOrigin: string, signal: AbortSignal): Promise<BrokerConnection> {
  signal.throwIfAborted();
  const frame = takeBrokerFrame(brokerOrigin);
  const hellos = listenForHello(frame);
  const close = () => frame.remove();
  try {
    const hello = await hellos.first(AbortSignal.any([signal, AbortSignal.timeout(HELLO_LIMIT), afterLoad(frame)]));
    if (hello.v !== BROKER_VERSION) {
      throw TerrariumError.of('E-TERRARIUM-2101');
    }
    return { port: sendPort(frame.element, brokerOrigin), close, onLost: hellos.onNext };
  } catch (error) {
    close();
    if (signal.aborted || error instanceof TerrariumError) throw error;
    throw TerrariumError.of('E-TERRARIUM-2100', { origin: brokerOrigin });
  }
}

function afterLoad({ loaded }: BrokerFrame): AbortSignal {
  const abort = new AbortController();
  const wait = () => setTimeout(() => abort.abort(), HELLO_AFTER_LOAD);
  if (loaded.aborted) wait();
  else loaded.addEventListener('abort', wait, { once: true });
  return abort.signal;
}

function sendPort(frame: HTMLIFrameElement, origin: string): MessagePort {
  const { port1, port2 } = new MessageChannel();
  frame.contentWindow?.postMessage({ source: APP_SOURCE, type: 'connect', v: BROKER_VERSION }, origin, [port2]);
  return port1;
}

function listenForHello(frame: BrokerFrame) {
  const first = Promise.withResolvers<z.infer<typeof helloSchema>>();
  let greeted = false;
  let lost: (() => void) | undefined;
  frame.listen(({ data }) => {
    const hello = isFromBroker(data) ? helloSchema.safeParse(data) : undefined;
    if (hello?.success !== true) return;
    if (greeted) lost?.();
    greeted = true;
    first.resolve(hello.data);
  });
  return {
    onNext: (callback: () => void) => (lost = callback),
    first(signal: AbortSignal) {
      signal.addEventListener('abort', () => first.reject(signal.reason), { once: true });
      return first.promise;
    },
  };
}

function isFromBroker(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'source' in data && data.source === BROKER_SOURCE;
}
