/** One connection that speaks channels: reads its frames, keeps it to its window, answers (SPEC H1-H4, D1, D5, D6, B2, B5, B6). */
import * as z from 'zod';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Author } from '../../shared/document/author.ts';
import { activityKindOf, anyHelloSchema, CHANNELS_VERSION, fromPageFrames, MAX_CHANNEL_FRAME, PAGE_WINDOW, readFrame } from '../../shared/protocol/channels.ts';
import type { FromPage, FromServer, Hello, Place } from '../../shared/protocol/channels.ts';
import type { Delivery, TextSocket } from './delivery.ts';
import type { Source } from './sources.ts';

/** `taken` is told so long after the first record that it speaks of, in milliseconds: with the window, the rate of one page. */
const TAKEN_AFTER_MS = 40;

/** A member's socket, as the channels see it. */
export interface MemberSocket extends TextSocket {
  readonly author: Author;
  readonly canWrite: boolean;
  /** Throws where the caller may not know what previews do: an agent without the verb `preview.read`. */
  checkPreview(): void;
  /** Ends the connection; `error` is the reason. */
  close(code: number, error: TerrariumError): void;
}

/** What a connection has said hello for. */
export interface Spoken {
  source: Source<ChannelLink>;
  delivery: Delivery;
  author: Author;
  place?: Place;
}

export type RecordFromPage = Extract<FromPage, { channel: 'logs' } | { data: { kind: 'route_change' | 'performance' } }>;

export interface ChannelLinkEvents {
  /** Throws where the hello cannot be answered. */
  hello(link: ChannelLink, hello: Hello): Spoken;
  record(spoken: Spoken, frame: RecordFromPage): void;
  place(spoken: Spoken, place: Place): void;
  parted(link: ChannelLink, spoken: Spoken): void;
}

export class ChannelLink {
  readonly socket: MemberSocket;
  readonly #events: ChannelLinkEvents;
  #spoken: Spoken | undefined;
  /** Since `taken` was last told. */
  #received = { records: 0, bytes: 0 };
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(socket: MemberSocket, events: ChannelLinkEvents) {
    this.socket = socket;
    this.#events = events;
  }

  get spoken(): Spoken | undefined {
    return this.#spoken;
  }

  /** One text frame. */
  receive(text: string, bytes: number): void {
    if (this.#ended) return;
    try {
      if (bytes > MAX_CHANNEL_FRAME) throw TerrariumError.of('E-TERRARIUM-1140', { limit: MAX_CHANNEL_FRAME });
      this.#take(parseFrame(text), bytes);
    } catch (error) {
      if (!(error instanceof TerrariumError)) throw error;
      this.end(error);
    }
  }

  send(data: FromServer): void {
    this.socket.send(JSON.stringify(data), () => undefined);
  }

  end(error: TerrariumError): void {
    this.#ended = true;
    this.socket.close(4000 + error.status, error);
  }

  /** The socket is closed. */
  parted(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    if (this.#spoken !== undefined) this.#events.parted(this, this.#spoken);
    this.#spoken = undefined;
  }

  #take(frame: FromPage, bytes: number): void {
    const { data } = frame;
    const spoken = this.#spoken;
    if (data.kind === 'hello') {
      if (spoken !== undefined) throw broken('a second hello');
      this.socket.checkPreview();
      this.#spoken = this.#events.hello(this, data);
      this.#spoken.delivery.pump();
      return;
    }
    if (spoken === undefined) throw broken('no hello before it');
    if (data.kind === 'ack') return spoken.delivery.acknowledge(data.cursor);
    this.#count(bytes);
    if (data.kind === 'place') return this.#events.place(spoken, data.place);
    if (!this.socket.canWrite) throw TerrariumError.of('E-TERRARIUM-1362');
    if (!isRecord(frame)) throw broken('unknown');
    if (frame.id > spoken.source.taken) this.#events.record(spoken, frame);
  }

  #count(bytes: number): void {
    this.#received.records++;
    this.#received.bytes += bytes;
    // A page sends one frame more than the bytes allow, as it cannot know the size of the envelope.
    if (this.#received.records > PAGE_WINDOW.records * 2 || this.#received.bytes > PAGE_WINDOW.bytes + 2 * MAX_CHANNEL_FRAME) throw TerrariumError.of('E-TERRARIUM-1364', { records: PAGE_WINDOW.records });
    this.#timer ??= setTimeout(() => this.#tellTaken(), TAKEN_AFTER_MS);
  }

  #tellTaken(): void {
    this.#timer = undefined;
    this.#received = { records: 0, bytes: 0 };
    if (this.#spoken !== undefined) this.send({ v: CHANNELS_VERSION, channel: 'state', id: 0, data: { kind: 'taken', n: this.#spoken.source.taken } });
  }
}

function parseFrame(text: string): FromPage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken('no JSON');
  }
  const hello = anyHelloSchema.safeParse(value);
  if (hello.success && hello.data.v !== CHANNELS_VERSION) throw TerrariumError.of('E-TERRARIUM-1360', { offered: hello.data.v, spoken: CHANNELS_VERSION });
  try {
    return readFrame(fromPageFrames, value);
  } catch (error) {
    throw broken((error instanceof z.ZodError && error.issues[0]?.path.join('.')) || 'its shape');
  }
}

function isRecord(frame: FromPage): frame is RecordFromPage {
  return activityKindOf(frame.data.kind) !== undefined;
}

const broken = (what: string) => TerrariumError.of('E-TERRARIUM-1361', { what });
