/** A program on the channels of a server under test: says what it is told to, and keeps all that it hears. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { fromServerFrames, readFrame } from '../../shared/protocol/channels.ts';
import type { FromServer } from '../../shared/protocol/channels.ts';
import { OWNER_TOKEN } from '../testing.ts';

export type Kind = FromServer['data']['kind'];
export type FrameOf<K extends Kind> = Extract<FromServer, { data: { kind: K } }>;

export const ALL_KINDS = ['console', 'network', 'route', 'performance', 'file'];
export const line = (text: string) => ({ kind: 'console', port: 5173, time: 1, realm: 'page', level: 'log', args: [{ type: 'string', preview: text }] });
export const place = { port: 5173, url: '/about', title: 'About', x: 0, y: 0.5 };

export class TestMember {
  readonly socket: WebSocket;
  readonly heard: FromServer[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Acknowledges each record as it comes. */
  acknowledging = true;
  #changed = Promise.withResolvers<void>();

  constructor(port: number, environmentId: string, token = OWNER_TOKEN) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/ws/${environmentId}`, ['terrarium.v1', `bearer.${token}`], { headers: { host: `localhost:${port}` } });
    this.closed = once(this.socket, 'close').then(([code, reason]) => ({ code: code as number, reason: String(reason) }));
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.#hear(readFrame(fromServerFrames, JSON.parse(data.toString())));
    });
  }

  static async enter(port: number, environmentId: string, options: { token?: string; source?: string; wants?: string[]; after?: number; name?: string } = {}): Promise<TestMember> {
    const { token, source = crypto.randomUUID(), wants = ALL_KINDS, ...rest } = options;
    const member = new TestMember(port, environmentId, token);
    await member.opened();
    member.send('state', 0, { kind: 'hello', source, wants, ...rest });
    await Promise.race([member.first('welcome'), member.closed]);
    return member;
  }

  opened(): Promise<unknown> {
    return once(this.socket, 'open');
  }

  send(channel: string, id: number, data: object, more: object = {}): void {
    this.socket.send(JSON.stringify({ v: 1, channel, id, data, ...more }));
  }

  log(n: number, text: string, more: object = {}): void {
    this.send('logs', n, { kind: 'console', record: line(text), ...more });
  }

  all<K extends Kind>(kind: K): FrameOf<K>[] {
    return this.heard.filter((frame): frame is FrameOf<K> => frame.data.kind === kind);
  }

  /** The first frame of a kind that fits, as soon as it is there. */
  async first<K extends Kind>(kind: K, fits: (frame: FrameOf<K>) => boolean = () => true): Promise<FrameOf<K>> {
    for (;;) {
      const found = this.all(kind).find(fits);
      if (found !== undefined) return found;
      await this.#changed.promise;
    }
  }

  /** Texts of the lines it has heard. */
  get lines(): string[] {
    return this.all('console').map(({ data: { record } }) => (record.kind === 'console' ? (record.args[0]?.preview ?? '') : record.kind));
  }

  /** Resolves when a line with this text came. */
  async line(text: string): Promise<FrameOf<'console'>> {
    return this.first('console', ({ data: { record } }) => record.kind === 'console' && record.args[0]?.preview === text);
  }

  leave(): Promise<unknown> {
    this.socket.close();
    return this.closed;
  }

  #hear(frame: FromServer): void {
    this.heard.push(frame);
    if (frame.channel !== 'state' && frame.id > 0 && this.acknowledging) this.send('state', 0, { kind: 'ack', cursor: frame.id });
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
