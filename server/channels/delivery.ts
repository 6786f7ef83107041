/** The way of an environment's activity to one connection: in order, once, and no faster than it acknowledges (SPEC D2, D3, B1, B4). */
import type { ActivityKind } from '../../shared/protocol/activity.ts';
import { CHANNELS_VERSION, RECORD_FRAMES, SERVER_WINDOW } from '../../shared/protocol/channels.ts';
import type { FromServer } from '../../shared/protocol/channels.ts';
import type { Activity, ActivityEntry } from '../activity/activity.ts';

/** Bytes that may wait in the socket before records and places wait in their stores. */
const SOCKET_BACKLOG = 512 * 1024;
const BATCH = 64;

export interface TextSocket {
  /** Calls back when it was handed to the system. */
  send(text: string, onSent: () => void): void;
  readonly backlog: number;
}

const frames = new WeakMap<ActivityEntry, string>();

/** The same text for all connections. */
function frameOf(entry: ActivityEntry): string {
  let frame = frames.get(entry);
  if (frame === undefined) {
    const { cursor, kind, time, author, source, record } = entry;
    const { channel, kind: name } = RECORD_FRAMES[kind];
    frame = JSON.stringify({ v: CHANNELS_VERSION, channel, id: cursor, data: { kind: name, record, author, time, ...(source === undefined ? {} : { source: source.id, n: source.n }), ...(source?.again === true ? { again: true } : {}) } });
    frames.set(entry, frame);
  }
  return frame;
}

export class Delivery {
  readonly #activity: Pick<Activity, 'sinceAny'>;
  readonly #environmentId: string;
  readonly #socket: TextSocket;
  readonly #wants: ActivityKind[];
  readonly #own: string;
  /** Everything up to here was sent, or is not for this connection. */
  #sent: number;
  #unacknowledged: number[] = [];
  readonly #places = new Map<string, string>();
  readonly #missed = new Set<ActivityKind>();
  #waiting = false;

  constructor(options: { activity: Pick<Activity, 'sinceAny'>; environmentId: string; socket: TextSocket; wants: ActivityKind[]; own: string; after: number }) {
    this.#activity = options.activity;
    this.#environmentId = options.environmentId;
    this.#socket = options.socket;
    this.#wants = options.wants;
    this.#own = options.own;
    this.#sent = options.after;
  }

  acknowledge(cursor: number): void {
    const open = this.#unacknowledged.findIndex((sent) => sent > cursor);
    this.#unacknowledged.splice(0, open === -1 ? this.#unacknowledged.length : open);
    this.pump();
  }

  place(source: string, frame: FromServer): void {
    this.#places.set(source, JSON.stringify(frame));
    this.pump();
  }

  forgetPlace(source: string): void {
    this.#places.delete(source);
  }

  /** Sends what may be sent at this moment. */
  pump(): void {
    for (const [source, frame] of this.#places) {
      if (this.#isFull()) return;
      this.#places.delete(source);
      this.#send(frame);
    }
    while (!this.#isFull() && this.#unacknowledged.length < SERVER_WINDOW) {
      const { records, next, missed } = this.#activity.sinceAny(this.#environmentId, this.#wants, this.#sent, Math.min(BATCH, SERVER_WINDOW - this.#unacknowledged.length));
      this.#tellMissed(missed);
      if (records.length === 0) return;
      this.#sent = next;
      for (const entry of records) if (entry.source?.id !== this.#own) this.#sendRecord(entry);
    }
  }

  /** Once, until records of the kind follow. */
  #tellMissed(missed: ActivityKind[]): void {
    const kinds = missed.filter((kind) => !this.#missed.has(kind));
    if (kinds.length === 0) return;
    for (const kind of kinds) this.#missed.add(kind);
    this.#send(JSON.stringify({ v: CHANNELS_VERSION, channel: 'state', id: 0, data: { kind: 'missed', kinds } } satisfies FromServer));
  }

  #sendRecord(entry: ActivityEntry): void {
    this.#missed.delete(entry.kind);
    this.#unacknowledged.push(entry.cursor);
    this.#send(frameOf(entry));
  }

  #isFull(): boolean {
    return this.#socket.backlog > SOCKET_BACKLOG;
  }

  #send(frame: string): void {
    this.#socket.send(frame, () => {
      if (this.#waiting) return;
      this.#waiting = true;
      // Once for all that was handed over in this turn.
      queueMicrotask(() => {
        this.#waiting = false;
        this.pump();
      });
    });
  }
}
