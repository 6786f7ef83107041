/** Shares what this page's preview does with the others, shows theirs, and follows one of them on request (rows D6, E3). */
import { createStore } from 'zustand/vanilla';
import type { ActivityKind } from '../../shared/protocol/activity.ts';
import type { RecordFromServer } from '../../shared/protocol/channels.ts';
import type { PreviewReport } from '../../shared/protocol/preview-report.ts';
import type { Origin } from '../preview/origin.ts';
import type { Preview } from '../preview/preview.ts';
import { Channels } from './client.ts';
import type { ChannelMember } from './client.ts';
import { fitted, withoutSecrets } from './fit.ts';

export interface FollowState {
  /** Source of the page that is followed. */
  following: string | undefined;
}

/** Scroll positions nearer than this are the same: shares are rounded to whole pixels. */
const SAME_SCROLL = 0.004;
const TOLD_EVERY_MS = 100;

export class SharedPreview {
  readonly channels: Channels;
  readonly store = createStore<FollowState>(() => ({ following: undefined }));
  readonly #preview: Preview;
  readonly #stops: (() => void)[] = [];
  #scroll = { x: 0, y: 0 };
  #title = '';
  #document: string | undefined;
  /** What the frame shows was loaded for this document of the one who is followed: their next routes in it are routes of it here too. */
  #alongside: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The address that the preview is on its way to, because somebody is followed. */
  #onTheWay: string | undefined;

  constructor(preview: Preview, name: () => string) {
    this.#preview = preview;
    this.channels = new Channels({
      wants: ['console', 'network', 'route', 'performance'],
      name,
      onRecord: (frame, past) => past || this.#show(frame),
      onMissed: (kinds) => this.#missed(kinds),
    });
    this.#stops.push(preview.onReport((report, port) => this.#share(report, port)));
    this.#stops.push(this.channels.store.subscribe(({ members }, before) => members !== before.members && this.#goAlong()));
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    clearTimeout(this.#timer);
  }

  /** Goes where that page goes from here on; `undefined` goes alone. */
  follow(source: string | undefined): void {
    this.#onTheWay = undefined;
    this.#alongside = undefined;
    this.store.setState({ following: source });
    this.#goAlong();
  }

  get leader(): ChannelMember | undefined {
    const { following } = this.store.getState();
    return this.channels.store.getState().members.find(({ source }) => source === following);
  }

  #share(report: PreviewReport, port: number): void {
    const { v: _v, source: _source, ...rest } = report;
    switch (rest.kind) {
      case 'console': case 'error': case 'vite-error':
        return this.channels.tell('console', fitted({ ...rest, port }));
      case 'request':
        return this.channels.tell('network', fitted(withoutSecrets({ ...rest, port })));
      case 'route':
        this.channels.tell('route', fitted({ ...rest, port }));
        return this.#arrived(rest);
      case 'scroll':
        this.#scroll = { x: rest.x, y: rest.y };
        return this.#tellPlace();
      case 'ready':
        this.channels.tell('performance', { ...rest, port });
        if (rest.state === 'load') this.#scrollAlong();
        return;
      case 'hot-update': case 'performance':
        return this.channels.tell('performance', fitted({ ...rest, port }));
      case 'probe':
    }
  }

  /** The own preview is somewhere else. Who went there by themselves no longer follows. */
  #arrived({ url, title, document }: { url: string; title: string; document?: string | undefined }): void {
    this.#title = title;
    if (document === undefined || document !== this.#document) this.#scroll = { x: 0, y: 0 };
    this.#document = document;
    const onTheWay = this.#onTheWay;
    this.#onTheWay = undefined;
    const place = this.leader?.place;
    if (onTheWay === undefined && place !== undefined && place.url !== url) this.store.setState({ following: undefined });
    this.#tellPlace();
    if (onTheWay !== undefined) this.#scrollAlong();
  }

  #tellPlace(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const { port, route } = this.#preview.store.getState();
      if (port !== undefined) this.channels.place({ port, url: route.slice(0, 8192), title: this.#title.slice(0, 1024), ...(this.#document === undefined ? {} : { document: this.#document }), ...this.#scroll });
    }, TOLD_EVERY_MS);
  }

  #goAlong(): void {
    const place = this.leader?.place;
    const { port, ports, route } = this.#preview.store.getState();
    if (place === undefined || port === undefined) return;
    if (place.port !== port) {
      // Without that server here there is nothing to go to; the toolbar says where they are.
      if (ports.includes(place.port)) this.#preview.choosePort(place.port);
      return;
    }
    if (this.#onTheWay === place.url) return;
    const isRoute = place.document !== undefined && place.document === this.#alongside;
    this.#alongside = place.document;
    if (place.url === route) return this.#scrollAlong();
    this.#onTheWay = place.url;
    if (isRoute) this.#preview.goWithin(place.url);
    else this.#preview.go(place.url);
  }

  #scrollAlong(): void {
    const place = this.leader?.place;
    if (place === undefined || place.url !== this.#preview.store.getState().route) return;
    if (Math.abs(place.x - this.#scroll.x) < SAME_SCROLL && Math.abs(place.y - this.#scroll.y) < SAME_SCROLL) return;
    this.#preview.scrollTo(place.x, place.y);
  }

  #show({ data }: RecordFromServer): void {
    const from: Origin = { source: data.source ?? data.author.id, name: data.author.name };
    if (data.kind === 'console') this.#preview.console.receive(data.record, from);
    else if (data.kind === 'network') this.#preview.network.receive(data.record, from);
    else if (data.kind === 'performance') this.#preview.performance.receive(data.record, from);
  }

  #missed(kinds: ActivityKind[]): void {
    if (kinds.includes('console') || kinds.includes('network')) this.#preview.console.note(`What others' previews ${kinds.includes('console') ? 'logged' : 'requested'} before this is no longer kept.`);
  }
}
