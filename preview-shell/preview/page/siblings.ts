/** How a page gets a way to another port of its container: a hidden frame of that port's origin asks the relay under its own name, and hands on what it got. Rules P1 and P11 of ../SPEC.md. */
import { PREVIEW_PATHS, type SiblingMessage, type SiblingQuestion } from '../../../shared/protocol/preview-channel.ts';
import { containerPort, siblingOrigin, type PreviewPlace } from '../addresses.ts';
import type { Relay } from './relay.ts';

type Place = Pick<PreviewPlace, 'label' | 'hostOrigin'>;
/** A frame that has not answered by then is asked again. */
const ASK_AGAIN_MS = 2_000;

export class SiblingFrames {
  private readonly place: Place;
  private readonly frames = new Map<number, HTMLIFrameElement>();
  private readonly asked = new Map<number, Promise<MessagePort>>();

  constructor(place: Place) {
    this.place = place;
  }

  /** A new port to the gateway for that port of the container; waits for as long as there is none to be had. */
  connect(port: number): Promise<MessagePort> {
    const asked = this.asked.get(port) ?? this.ask(port).finally(() => this.asked.delete(port));
    this.asked.set(port, asked);
    return asked;
  }

  private async ask(port: number): Promise<MessagePort> {
    const origin = siblingOrigin(this.place, port);
    const frame = this.frames.get(port) ?? addFrame(origin + PREVIEW_PATHS.connect);
    this.frames.set(port, frame);
    const question: SiblingQuestion = { v: 1, source: 'terrarium-preview', kind: 'connect-sibling' };
    const tell = (): void => frame.contentWindow?.postMessage(question, origin);
    const { promise, resolve } = Promise.withResolvers<MessagePort>();
    const listen = (event: MessageEvent<Partial<SiblingMessage> | undefined>): void => {
      if (event.source !== frame.contentWindow || event.origin !== origin || event.data?.source !== 'terrarium-sibling') return;
      event.stopImmediatePropagation();
      if (event.ports[0] !== undefined) resolve(event.ports[0]);
    };
    window.addEventListener('message', listen, true);
    frame.addEventListener('load', tell, { once: true });
    // Its script runs some time after its load.
    const timer = setInterval(tell, ASK_AGAIN_MS);
    tell();
    const channel = await promise;
    clearInterval(timer);
    window.removeEventListener('message', listen, true);
    return channel;
  }
}

function addFrame(src: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.style.display = 'none';
  frame.allow = 'cross-origin-isolated';
  frame.src = src;
  document.documentElement.append(frame);
  return frame;
}

/** The frame's end: each question of a preview of the same environment that frames it is answered with a port for this origin. */
export function answerSibling(place: PreviewPlace, relay: Relay): void {
  let asked: Promise<void> | undefined;
  addEventListener('message', (event: MessageEvent<Partial<SiblingQuestion> | undefined>) => {
    const { data, origin } = event;
    if (event.source !== parent || data?.source !== 'terrarium-preview' || data.kind !== 'connect-sibling') return;
    const from = URL.canParse(origin) ? containerPort(new URL(origin), place) : undefined;
    if (from === undefined || from.loopback) return;
    asked ??= relay.connect().then((channel) => {
      const message: SiblingMessage = { v: 1, source: 'terrarium-sibling', kind: 'port', port: place.port };
      parent.postMessage(message, origin, [channel]);
    }).finally(() => { asked = undefined; });
  });
}
