/** The broker's frame: made as soon as the page knows its environment, before the page's own code has been read (early.ts). */
import { pageIsolation } from './isolation.ts';

export interface BrokerFrame {
  readonly element: HTMLIFrameElement;
  /** Aborted when the document has loaded. */
  readonly loaded: AbortSignal;
  /** Hands over what the frame has said so far, and from then on all that it says. */
  listen(listener: (event: MessageEvent<unknown>) => void): void;
  remove(): void;
}

export function openBrokerFrame(origin: string): BrokerFrame {
  const element = iframe(origin);
  const ended = new AbortController();
  const loaded = new AbortController();
  const said: MessageEvent<unknown>[] = [];
  let listener = (event: MessageEvent<unknown>): void => void said.push(event);
  element.addEventListener('load', () => loaded.abort(), { once: true });
  window.addEventListener('message', (event) => event.origin === origin && event.source === element.contentWindow && listener(event), { signal: ended.signal });
  document.body.append(element);
  return {
    element,
    loaded: loaded.signal,
    listen(next) {
      listener = next;
      for (const event of said.splice(0)) next(event);
    },
    remove() {
      ended.abort();
      element.remove();
    },
  };
}

function iframe(origin: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  // The sandbox keeps whatever runs in there, and in the host frame within it, from navigating this page or opening windows.
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin');
  frame.allow = 'cross-origin-isolated';
  frame.title = 'Container broker';
  frame.hidden = true;
  frame.tabIndex = -1;
  frame.setAttribute('aria-hidden', 'true');
  const coep = pageIsolation();
  frame.src = `${origin}/${coep === undefined ? '' : `?coep=${coep}`}`;
  return frame;
}

let early: { origin: string; frame: BrokerFrame } | undefined;

/** Opens the frame that `takeBrokerFrame` will hand over. */
export function openEarly(origin: string): void {
  discardEarly();
  early = { origin, frame: openBrokerFrame(origin) };
}

/** The frame that was opened early, or a new one. */
export function takeBrokerFrame(origin: string): BrokerFrame {
  const taken = early;
  early = undefined;
  if (taken?.origin === origin) return taken.frame;
  taken?.frame.remove();
  return openBrokerFrame(origin);
}

/** Removes an early frame that nobody takes: nobody is signed in, or the page went elsewhere. */
export function discardEarly(): void {
  early?.frame.remove();
  early = undefined;
}
