import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { RecordFromServer } from '../../shared/protocol/channels.ts';
import { PAGE_WINDOW } from '../../shared/protocol/channels.ts';
import type { ConsoleRecord } from '../../shared/protocol/activity.ts';
import { freePort, OWNER_TOKEN, startTestServer } from '../../server/testing.ts';
import type { TestServer } from '../../server/testing.ts';
import { Channels } from './client.ts';
import { fitted, HIDDEN, withoutSecrets } from './fit.ts';
import { Outbox } from './outbox.ts';
import type { OutboxItem } from './outbox.ts';

const line = (text: string): ConsoleRecord => ({ kind: 'console', port: 5173, time: 1, realm: 'page', level: 'log', args: [{ type: 'string', preview: text }] });
const textOf = (record: ConsoleRecord): string => (record.kind === 'console' ? (record.args[0]?.preview ?? '') : record.kind === 'gap' ? `gap ${record.count}` : record.message);

describe('outbox', () => {
  const add = (outbox: Outbox, from: number, to: number) => {
    for (let n = from; n <= to; n++) outbox.add('logs', { kind: 'console', record: line(String(n)) });
  };
  const texts = (items: OutboxItem[]) => items.map(({ data }) => textOf(data.record as ConsoleRecord));

  test('[B2] sends no more than its window, and goes on when some were taken', () => {
    const [outbox, sent]: [Outbox, OutboxItem[]] = [new Outbox(), []];
    outbox.connected('a', 0, (item) => sent.push(item));
    add(outbox, 1, 100);
    expect(sent).toHaveLength(PAGE_WINDOW.records);
    outbox.taken(30);
    expect(sent.map(({ n }) => n)).toEqual(Array.from({ length: PAGE_WINDOW.records + 30 }, (_, index) => index + 1));
  });

  test('[B3] what cannot be kept is dropped oldest first, and a gap says how many', () => {
    const [outbox, sent]: [Outbox, OutboxItem[]] = [new Outbox({ waiting: { records: 3, bytes: 1e6 }, kept: { records: 3, bytes: 1e6 } }), []];
    add(outbox, 1, 8);
    outbox.connected('a', 0, (item) => sent.push(item));
    expect(texts(sent)).toEqual(['gap 5', '6', '7', '8']);
    expect(sent.map(({ n }) => n)).toEqual([5, 6, 7, 8]);
  });

  test('[D1] after a cut sends what was not taken, and nothing that was', () => {
    const [outbox, sent]: [Outbox, OutboxItem[]] = [new Outbox(), []];
    outbox.connected('a', 0, () => undefined);
    add(outbox, 1, 5);
    outbox.taken(2);
    outbox.disconnected();
    add(outbox, 6, 6);
    outbox.connected('a', 3, (item) => sent.push(item));
    expect(texts(sent)).toEqual(['4', '5', '6']);
  });

  test('[D4] a server that has forgotten is told again what is still kept, under the same numbers', () => {
    const [outbox, sent]: [Outbox, OutboxItem[]] = [new Outbox({ waiting: { records: 9, bytes: 1e6 }, kept: { records: 2, bytes: 1e6 } }), []];
    outbox.connected('a', 0, () => undefined);
    add(outbox, 1, 4);
    outbox.taken(3);
    outbox.connected('b', 0, (item) => sent.push(item));
    expect(sent.map(({ n, data }) => [n, data.again])).toEqual([[2, true], [3, true], [4, undefined]]);
  });
});

describe('what the others are told', () => {
  const request = { kind: 'request', port: 1, time: 1, realm: 'page', id: 'r', state: 'done', initiator: 'fetch', method: 'POST', url: 'http://x/login?token=abc&next=/home' } as const;

  test('secrets of a request stay with its sender', () => {
    const told = withoutSecrets({
      ...request,
      requestHeaders: [['authorization', 'Bearer abc'], ['accept', '*/*']],
      responseHeaders: [['set-cookie', 's=1']],
      requestBody: '{"user":"ann","password":"hunter2","nested":{"accessToken":"abc\\"d"}}',
    });
    expect(told.requestHeaders).toEqual([['authorization', HIDDEN], ['accept', '*/*']]);
    expect(told.responseHeaders).toEqual([['set-cookie', HIDDEN]]);
    expect(told.url).toBe(`http://x/login?token=${HIDDEN}&next=/home`);
    expect(told.requestBody).toBe(`{"user":"ann","password":"${HIDDEN}","nested":{"accessToken":"${HIDDEN}"}}`);
    expect(withoutSecrets({ ...request, requestBody: 'user=ann&password=hunter2' }).requestBody).toBe(`user=ann&password=${HIDDEN}`);
  });

  test('a record that is too large is cut until it fits, and stays what it is', () => {
    const nested = { type: 'object', preview: 'x'.repeat(20_000), children: Array.from({ length: 100 }, (_, index) => ({ key: String(index), value: { type: 'string', preview: 'y'.repeat(5000) } })) } as const;
    const record = { ...line('a'), args: Array.from({ length: 100 }, () => nested) };
    const cut = fitted(record);
    expect(JSON.stringify(cut).length).toBeLessThanOrEqual(32 * 1024);
    expect(cut).toMatchObject({ kind: 'console', level: 'log', port: 5173 });
    expect(cut.args.length).toBeGreaterThan(0);
    expect(fitted(line('a'))).toEqual(line('a'));
  });
});

describe('over a real server', () => {
  let server: TestServer;
  let port: number;
  let id: string;
  const pages: Page[] = [];
  beforeEach(async () => {
    port = await freePort();
    server = await startTestServer({ port });
    await server.listen();
    id = await server.create();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) page.end();
    await server.dispose();
  });

  /** One page: its channels, and the socket that it has at the moment. */
  class Page {
    readonly heard: string[] = [];
    changed = Promise.withResolvers<void>();
    readonly channels = new Channels({
      wants: ['console', 'network', 'route', 'performance'],
      name: () => 'Ann',
      onRecord: (frame: RecordFromServer) => {
        if (frame.data.kind === 'console') this.heard.push(textOf(frame.data.record));
        this.changed.resolve();
        this.changed = Promise.withResolvers();
      },
      onMissed: () => this.heard.push('missed'),
    });
    socket: WebSocket | undefined;
    readonly #send = new WeakMap<WebSocket, (text: string) => void>();

    constructor() {
      pages.push(this);
    }

    async connect(): Promise<this> {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/${id}`, ['terrarium.v1', `bearer.${OWNER_TOKEN}`], { headers: { host: `localhost:${port}` } });
      this.socket = socket;
      const send = (text: string): void => socket.send(text);
      this.#send.set(socket, send);
      socket.on('error', () => undefined);
      socket.on('message', (data: Buffer, isBinary) => isBinary || this.channels.text(data.toString(), send));
      socket.on('close', () => this.channels.closed(send));
      await once(socket, 'open');
      const connected = new Promise<void>((resolve) => {
        const stop = this.channels.store.subscribe((state) => {
          if (!state.connected) return;
          stop();
          resolve();
        });
      });
      this.channels.opened(send);
      await connected;
      return this;
    }

    async cut(): Promise<void> {
      const { socket } = this;
      if (socket === undefined || socket.readyState === WebSocket.CLOSED) return;
      const closed = once(socket, 'close');
      socket.terminate();
      await closed;
    }

    end(): void {
      this.socket?.terminate();
    }

    async hears(count: number): Promise<string[]> {
      while (this.heard.length < count) await this.changed.promise;
      return this.heard;
    }
  }
  const log = (page: Page, from: number, to: number) => {
    for (let n = from; n <= to; n++) page.channels.tell('console', line(String(n)));
  };
  const numbers = (to: number) => Array.from({ length: to }, (_, index) => String(index + 1));

  test('[D1][D3] cuts of either side under load lose nothing and double nothing', async () => {
    const [a, b] = [await new Page().connect(), await new Page().connect()];
    for (let round = 0; round < 6; round++) {
      log(a, round * 50 + 1, round * 50 + 25);
      const cut = round % 2 === 0 ? a : b;
      await cut.cut();
      log(a, round * 50 + 26, round * 50 + 50);
      await cut.connect();
    }
    expect(await b.hears(300)).toEqual(numbers(300));
  });

  test('[D4] the server ends and starts again: nothing lost, nothing doubled, who comes later sees it all', async () => {
    const [a, b] = [await new Page().connect(), await new Page().connect()];
    log(a, 1, 20);
    await b.hears(20);
    const { root } = server.settings;
    await Promise.all([a.cut(), b.cut()]);
    await server.close();
    log(a, 21, 30);
    // Another process on the same data: it knows the environment and none of the records.
    const again = await startTestServer({ root, port });
    await again.listen();
    try {
      await b.connect();
      await a.connect();
      expect(await b.hears(30)).toEqual(numbers(30));
      expect(await (await new Page().connect()).hears(30)).toEqual(numbers(30));
    } finally {
      for (const page of pages) page.end();
      await again.close();
      // The folder is removed with the one that made it.
      server = { ...server, dispose: async () => undefined };
    }
  });

  test('[B3][D2] a page that logs in a loop: the others get what the page could keep, and are told of the rest', async () => {
    const [a, b] = [await new Page().connect(), await new Page().connect()];
    log(a, 1, 3000);
    a.channels.tell('console', line('last'));
    while (b.heard.at(-1) !== 'last') await b.changed.promise;
    const gaps = b.heard.filter((text) => text.startsWith('gap ')).reduce((sum, text) => sum + Number(text.slice(4)), 0);
    const lines = b.heard.filter((text) => !text.startsWith('gap '));
    expect(gaps).toBeGreaterThan(0);
    expect(gaps + lines.length).toBe(3001);
    expect(new Set(lines).size).toBe(lines.length);
  });
});
