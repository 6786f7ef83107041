/** The page's end of the messages with the frame (shared/protocol/embed.ts), read by hand: this file is all that an embedding page loads. */
import { EMBED_SOURCE, EMBED_VERSION, EMBEDDER_SOURCE } from '../shared/protocol/embed-constants.ts';
import type { View } from './address.ts';

export interface PreviewError {
  /** Of Terrarium's docs/errors.md; absent for what has none, such as the failure of a program. */
  code: string | undefined;
  message: string;
}

export interface FrameEvents {
  /** The preview has painted. */
  onReady(): void;
  /** Path, query and hash of the page that the preview shows. */
  onRoute(route: { url: string; title: string }): void;
  onError(error: PreviewError): void;
  /** The frame says nothing: what is wrong has to be said in its place. `undefined`: it speaks after all. */
  onSilence(error: PreviewError | undefined): void;
}

/** How long a frame that has loaded may take to say something, in milliseconds. */
const ANSWER_MS = 10_000;

export class FrameLink {
  readonly #frame: HTMLIFrameElement;
  readonly #origin: string;
  readonly #events: FrameEvents;
  readonly #life = new AbortController();
  #view: View;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isConnected = false;

  /** `frame` has the address of an embed, or will get it. */
  constructor(frame: HTMLIFrameElement, server: string, view: View, events: FrameEvents) {
    this.#frame = frame;
    this.#origin = new URL(server).origin;
    this.#events = events;
    this.#view = view;
    const { signal } = this.#life;
    addEventListener('message', (event) => this.#receive(event), { signal });
    // A frame that the browser refuses to show loads as well: an error page of its own.
    frame.addEventListener('load', () => this.#loaded(), { signal });
    this.#wait();
  }

  show(view: View): void {
    this.#view = view;
    if (this.#isConnected) this.#say('show');
  }

  close(): void {
    this.#life.abort();
    clearTimeout(this.#timer);
  }

  #loaded(): void {
    this.#wait();
    this.#connect();
  }

  #connect(): void {
    this.#isConnected = true;
    this.#say('connect');
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#silent(), ANSWER_MS);
  }

  /** Which of the two usual causes it is: the server is away, or it does not let this page show the environment. */
  async #silent(): Promise<void> {
    const isThere = await fetch(`${this.#origin}/healthz`, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS) }).then(() => true, () => false);
    if (this.#life.signal.aborted || this.#timer === undefined) return;
    const error = isThere ? SILENT(this.#origin) : AWAY;
    this.#events.onSilence(error);
    this.#events.onError(error);
  }

  /** To a window that shows something else by now, such as the browser's error page, the browser delivers nothing. */
  #say(type: 'connect' | 'show'): void {
    const { agentId, showEditor, showConsole, showNetwork } = this.#view;
    const agent = agentId === undefined || agentId === '' ? {} : { agent: agentId };
    this.#frame.contentWindow?.postMessage({ source: EMBEDDER_SOURCE, v: EMBED_VERSION, type, show: { editor: showEditor, console: showConsole, network: showNetwork, ...agent } }, this.#origin);
  }

  #receive({ data, source, origin }: MessageEvent<unknown>): void {
    if (source === null || source !== this.#frame.contentWindow || origin !== this.#origin || !isRecord(data) || data['source'] !== EMBED_SOURCE || data['v'] !== EMBED_VERSION) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#events.onSilence(undefined);
    const { type, url, title, code, message } = data;
    // Its frames may take long to load; it hears from here on.
    if (type === 'hello' && !this.#isConnected) this.#connect();
    if (type === 'ready') this.#events.onReady();
    else if (type === 'route' && typeof url === 'string') this.#events.onRoute({ url, title: typeof title === 'string' ? title : '' });
    else if (type === 'error' && typeof message === 'string') this.#events.onError({ code: typeof code === 'string' ? code : undefined, message });
  }
}

const isRecord = (data: unknown): data is Record<string, unknown> => typeof data === 'object' && data !== null;

/** Two sentences of the table (shared/errors/table.ts), which is too large to be brought along; a test compares them. */
export const AWAY: PreviewError = { code: 'E-TERRARIUM-1306', message: 'The server did not answer. Check your connection, and that the server runs, then try again.' };
export const SILENT = (server: string): PreviewError => ({
  code: 'E-TERRARIUM-1386',
  message: `The frame of ${server} did not answer. Check that the embed lists the origin of this page and was not revoked, and that nothing blocks frames of that server.`,
});
