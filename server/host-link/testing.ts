/** A page that would be host, as tests play it: what it says is written by hand. */
import { WebSocket } from 'ws';
import { decodeData, encodeData, HOST_LINK_PROTOCOL, HOST_LINK_VERSION } from '../../shared/protocol/host-link.ts';
import type { Data, FromServer, ToServer } from '../../shared/protocol/host-link.ts';
import { freePort, OWNER_TOKEN, startTestServer, type TestServer } from '../testing.ts';

export interface Page {
  socket: WebSocket;
  send(message: ToServer): void;
  sendData(data: Partial<Data> & { id: number }): void;
  /** The next message of this kind, also one that has come already. */
  next<T extends FromServer['t']>(t: T): Promise<Extract<FromServer, { t: T }>>;
  /** Bytes of this stream, as soon as there are so many. */
  bytes(id: number, length: number): Promise<string>;
  closed: Promise<{ code: number; reason: string }>;
}

export async function startListening(): Promise<TestServer> {
  const port = await freePort();
  const server = await startTestServer({ port, baseOrigin: `http://localhost:${port}` });
  await server.listen();
  return server;
}

export async function openPage(server: TestServer, environmentId: string, token = OWNER_TOKEN): Promise<Page> {
  const socket = new WebSocket(`${server.base.replace('http', 'ws')}/ws/${environmentId}/host`, [HOST_LINK_PROTOCOL], { headers: { authorization: `Bearer ${token}` } });
  const messages: FromServer[] = [];
  const data: Data[] = [];
  let wake = Promise.withResolvers<void>();
  socket.on('message', (raw: Buffer, isBinary) => {
    const piece = isBinary ? decodeData(new Uint8Array(raw)) : undefined;
    if (piece !== undefined) data.push(piece);
    else messages.push(JSON.parse(raw.toString()) as FromServer);
    wake.resolve();
    wake = Promise.withResolvers();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('open', resolve));
  return {
    socket,
    closed,
    send: (message) => socket.send(JSON.stringify(message)),
    sendData: ({ id, bytes = new Uint8Array(), text = false, last = false }) => socket.send(encodeData({ id, bytes, text, last })),
    async next(t) {
      for (;;) {
        const at = messages.findIndex((message) => message.t === t);
        // `t` was compared just above; TypeScript does not carry that to the type parameter.
        if (at >= 0) return messages.splice(at, 1)[0] as Extract<FromServer, { t: typeof t }>;
        await wake.promise;
      }
    },
    async bytes(id, length) {
      for (;;) {
        const text = Buffer.concat(data.filter((piece) => piece.id === id).map(({ bytes }) => bytes)).toString();
        if (text.length >= length) return text;
        await wake.promise;
      }
    },
  };
}

let pages = 0;

/** One that has claimed, and what it was told. */
export async function claim(server: TestServer, environmentId: string, options: { holder?: string; epoch?: number; kind?: 'person' | 'headless' } = {}): Promise<Page> {
  const page = await openPage(server, environmentId);
  page.send({ t: 'claim', v: HOST_LINK_VERSION, holder: options.holder ?? `holder-of-a-test-${++pages}`, epoch: options.epoch ?? 0, kind: options.kind ?? 'person' });
  return page;
}
