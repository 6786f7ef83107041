/** This page's end of the channels (server/channels/SPEC.md), on whatever socket the document has at the moment. */
import { createStore } from 'zustand/vanilla';
import { CHANNELS_VERSION, fromServerFrames, readFrame, RECORD_FRAMES } from '../../shared/protocol/channels.ts';
import type { FromServer, Place, RecordFromServer } from '../../shared/protocol/channels.ts';
import type { ActivityKind, RecordOf } from '../../shared/protocol/activity.ts';
import type { Author } from '../../shared/document/author.ts';
import { Outbox } from './outbox.ts';

/** Text frames of a socket that is made anew after each cut. `send` says which one: the end of one may be told after the next has opened. */
export interface TextLine {
  opened(send: (text: string) => void): void;
  text(text: string, send: (text: string) => void): void;
  closed(send: (text: string) => void): void;
}

export interface ChannelMember {
  source: string;
  author: Author;
  canWrite: boolean;
  place: Place | undefined;
}

export interface ChannelsState {
  connected: boolean;
  canWrite: boolean;
  /** The others who are here, each open page of theirs. */
  members: ChannelMember[];
}

export interface ChannelsOptions {
  /** What to be told. */
  wants: ActivityKind[];
  name: () => string;
  /** A record of another page. `past`: said before this page came, by one that has gone since. */
  onRecord: (frame: RecordFromServer, past: boolean) => void;
  onMissed: (kinds: ActivityKind[]) => void;
}

const ACK_AFTER = { records: 32, ms: 100 };
const MOST_SOURCES = 500;

export class Channels implements TextLine {
  readonly source = crypto.randomUUID();
  readonly store = createStore<ChannelsState>(() => ({ connected: false, canWrite: false, members: [] }));
  readonly #options: ChannelsOptions;
  readonly #outbox = new Outbox();
  #send: ((text: string) => void) | undefined;
  #place: Place | undefined;
  /** Last cursor that was received, and the number of records since the last acknowledgement. */
  #cursor = 0;
  #unacknowledged = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Of the first welcome: what comes up to here was said before this page came. */
  #cameAt: number | undefined;
  /** Number of the last record of each source: a server that starts anew is told again what others have already. */
  readonly #seen = new Map<string, number>();
  /** May records be told: unknown before the first welcome, when they wait. */
  #refused = false;

  constructor(options: ChannelsOptions) {
    this.#options = options;
  }

  /** Tells the others; what a viewer's page would tell stays here. */
  tell<K extends Exclude<ActivityKind, 'file'>>(kind: K, record: RecordOf<K>): void {
    if (this.#refused) return;
    const { channel, kind: name } = RECORD_FRAMES[kind];
    this.#outbox.add(channel, { kind: name, record });
  }

  place(place: Place): void {
    this.#place = place;
    if (this.store.getState().connected) this.#tell('preview', 0, { kind: 'place', place });
  }

  opened(send: (text: string) => void): void {
    this.#send = send;
    this.#tell('state', 0, { kind: 'hello', source: this.source, name: this.#options.name(), wants: this.#options.wants, ...(this.#cursor > 0 ? { after: this.#cursor } : {}) });
  }

  closed(send: (text: string) => void): void {
    if (this.#send !== send) return;
    this.#send = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#outbox.disconnected();
    this.store.setState({ connected: false });
  }

  text(text: string, send: (text: string) => void): void {
    if (this.#send !== send) return;
    const frame = readFrame(fromServerFrames, JSON.parse(text));
    const { data } = frame;
    switch (data.kind) {
      case 'welcome': return this.#welcome(data);
      case 'taken': return this.#outbox.taken(data.n);
      case 'missed': return this.#options.onMissed(data.kinds);
      case 'joined': return this.#setMember({ source: data.source, author: data.author, canWrite: data.canWrite, place: data.place });
      case 'left': return this.store.setState(({ members }) => ({ members: members.filter(({ source }) => source !== data.source) }));
      case 'place': return this.store.setState(({ members }) => ({ members: members.map((member) => (member.source === data.source ? { ...member, place: data.place } : member)) }));
      case 'console': case 'network': case 'route_change': case 'performance': case 'file_change':
        // Their kinds are those of records.
        return this.#record(frame as RecordFromServer);
    }
  }

  #welcome(data: Extract<FromServer, { data: { kind: 'welcome' } }>['data']): void {
    this.#cameAt ??= data.cursor;
    this.#refused = !data.canWrite;
    this.store.setState({ connected: true, canWrite: data.canWrite, members: data.members.map((member) => ({ ...member, place: member.place })) });
    if (this.#place !== undefined) this.place(this.#place);
    if (data.canWrite) this.#outbox.connected(data.epoch, data.taken, ({ n, channel, data: told }) => this.#tell(channel, n, told));
  }

  #setMember(member: ChannelMember): void {
    this.store.setState(({ members }) => ({ members: [...members.filter(({ source }) => source !== member.source), member] }));
  }

  #record(frame: RecordFromServer): void {
    if (frame.id <= this.#cursor) return;
    this.#cursor = frame.id;
    this.#acknowledge();
    const { source, n } = frame.data;
    if (source !== undefined && n !== undefined) {
      if (n <= (this.#seen.get(source) ?? 0)) return;
      this.#seen.delete(source);
      this.#seen.set(source, n);
      const [oldest] = this.#seen.keys();
      if (this.#seen.size > MOST_SOURCES && oldest !== undefined) this.#seen.delete(oldest);
    }
    const gone = source !== undefined && !this.store.getState().members.some((member) => member.source === source);
    this.#options.onRecord(frame, gone && frame.id <= (this.#cameAt ?? 0));
  }

  #acknowledge(): void {
    this.#unacknowledged++;
    if (this.#unacknowledged >= ACK_AFTER.records) return this.#sendAck();
    this.#timer ??= setTimeout(() => this.#sendAck(), ACK_AFTER.ms);
  }

  #sendAck(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unacknowledged = 0;
    this.#tell('state', 0, { kind: 'ack', cursor: this.#cursor });
  }

  #tell(channel: string, id: number, data: object): void {
    this.#send?.(JSON.stringify({ v: CHANNELS_VERSION, channel, id, data }));
  }
}
