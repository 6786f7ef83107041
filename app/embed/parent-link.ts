/** The frame's end of the messages with the page that embeds it (shared/protocol/embed.ts; server/embeds/SPEC.md, EB30-EB32). */
import { anyFromPageSchema, fromPageSchema } from '../../shared/protocol/embed.ts';
import type { FrameMessage, Show } from '../../shared/protocol/embed.ts';
import { EMBED_SOURCE, EMBED_VERSION } from '../../shared/protocol/embed-constants.ts';
import { TerrariumError } from '../../shared/errors/error.ts';

/** The two windows, as far as they are needed. */
export interface Surroundings {
  readonly parent: Pick<Window, 'postMessage'>;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
}

export class ParentLink {
  readonly #window: Surroundings;
  /** The page's origin: as the browser tells it, else as it has connected. */
  #origin: string | undefined;
  /** Before it is known whether the page is one of the embed's, `undefined`. */
  #admitted: readonly string[] | undefined;
  /** The last of each kind, for a page that connects later. */
  readonly #last = new Map<FrameMessage['type'], FrameMessage>();
  #onShow: (show: Show) => void = () => {};
  #show: Show | undefined;

  /** `origin`: of the page that frames this one, where the browser tells it. */
  constructor(surroundings: Surroundings, origin: string | undefined) {
    this.#window = surroundings;
    this.#origin = origin;
    surroundings.addEventListener('message', (event) => this.#receive(event));
  }

  /** Calls back with what the page wants to be shown, now and on each change. */
  onShow(listener: (show: Show) => void): void {
    this.#onShow = listener;
    if (this.#show !== undefined) listener(this.#show);
  }

  /** From here on pages of these origins are told what happens here. */
  admit(origins: readonly string[]): void {
    this.#admitted = origins;
    if (this.#origin !== undefined && !origins.includes(this.#origin)) this.#origin = undefined;
    this.#replay();
  }

  tell(message: FrameMessage): void {
    this.#last.set(message.type, message);
    if (this.#admitted !== undefined || message.type === 'error') this.#post(message);
  }

  /** What was said before no longer holds. */
  forget(...types: FrameMessage['type'][]): void {
    for (const type of types) this.#last.delete(type);
  }

  #receive({ data, source, origin }: MessageEvent<unknown>): void {
    const any = anyFromPageSchema.safeParse(data);
    if (source !== this.#window.parent || !any.success) return;
    // Who may frame this page is the browser's check already (EB10); this is the check of the token's own list.
    if (this.#admitted?.includes(origin) === false) return;
    if (any.data.v !== EMBED_VERSION) return this.#refuse(origin, any.data.v);
    const parsed = fromPageSchema.safeParse(data);
    if (!parsed.success) return;
    this.#show = parsed.data.show;
    this.#onShow(this.#show);
    if (parsed.data.type !== 'connect') return;
    this.#origin = origin;
    this.#replay();
  }

  /** An error alone is told to a page that is not (yet) known to be one of the embed's: it says why nothing else comes. */
  #replay(): void {
    for (const message of this.#last.values()) if (this.#admitted !== undefined || message.type === 'error') this.#post(message);
  }

  #refuse(origin: string, offered: number): void {
    const { code, message } = TerrariumError.of('E-TERRARIUM-1385', { offered, spoken: EMBED_VERSION });
    this.#window.parent.postMessage({ source: EMBED_SOURCE, v: EMBED_VERSION, type: 'error', code, message }, origin);
  }

  #post(message: FrameMessage): void {
    if (this.#origin !== undefined) this.#window.parent.postMessage({ source: EMBED_SOURCE, v: EMBED_VERSION, ...message }, this.#origin);
  }
}
