/**
 * `<isolated-preview task-id token>`: the web component. Attributes: `server` (origin of the Terrarium server; the one that this script came
 * from), `agent-id`, `show-editor` (true), `show-console` (true), `show-network` (false). Each may change at any time.
 * Events, which do not bubble: `ready`, `route` (detail `{url, title}`), `error` (detail `{code, message}`).
 */
import { DEFAULT_VIEW, FRAME_ALLOW, frameAddress } from './address.ts';
import type { View } from './address.ts';
import { FrameLink } from './frame-link.ts';
import { errorBox, hostOf } from './parts.ts';

/** Changing one of these is another frame; the others are told to the one that is there. */
const PLACE: readonly string[] = ['server', 'task-id', 'token'];

export class IsolatedPreviewElement extends HTMLElement {
  static readonly observedAttributes: readonly string[] = [...PLACE, 'agent-id', 'show-editor', 'show-console', 'show-network'];
  readonly #root = this.attachShadow({ mode: 'open' });
  #link: FrameLink | undefined;

  connectedCallback(): void {
    if (this.style.display === '') this.style.display = 'block';
    this.#open();
  }

  disconnectedCallback(): void {
    this.#close();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected || before === now) return;
    if (PLACE.includes(name)) this.#open();
    else this.#link?.show(this.#view());
  }

  #view(): View {
    const flag = (name: string, otherwise: boolean) => {
      const value = this.getAttribute(name);
      return value === null ? otherwise : value !== 'false' && value !== '0';
    };
    return {
      agentId: this.getAttribute('agent-id') ?? undefined,
      showEditor: flag('show-editor', DEFAULT_VIEW.showEditor), showConsole: flag('show-console', DEFAULT_VIEW.showConsole), showNetwork: flag('show-network', DEFAULT_VIEW.showNetwork),
    };
  }

  #open(): void {
    this.#close();
    const server = this.getAttribute('server') ?? new URL(import.meta.url).origin;
    const [taskId, token] = [this.getAttribute('task-id'), this.getAttribute('token')];
    // A framework sets them one after the other.
    if (taskId === null || token === null || !URL.canParse(server)) return;
    const frame = document.createElement('iframe');
    frame.title = this.getAttribute('title') ?? 'Terrarium environment';
    frame.allow = FRAME_ALLOW;
    const box = errorBox();
    this.#link = new FrameLink(frame, server, this.#view(), {
      onReady: () => this.dispatchEvent(new CustomEvent('ready')),
      onRoute: (detail) => this.dispatchEvent(new CustomEvent('route', { detail })),
      onError: (detail) => this.dispatchEvent(new CustomEvent('error', { detail })),
      onSilence: (error) => box.say(error),
    });
    frame.src = frameAddress({ server, taskId, token }, this.#view(), globalThis.crossOriginIsolated);
    this.#root.replaceChildren(hostOf(frame, box.element));
  }

  #close(): void {
    this.#link?.close();
    this.#link = undefined;
    this.#root.replaceChildren();
  }
}

if (customElements.get('isolated-preview') === undefined) customElements.define('isolated-preview', IsolatedPreviewElement);
