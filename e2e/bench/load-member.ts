/** A member as a load: one socket, one document, one edit in so many milliseconds. Speaks y-websocket's protocol and says hello on the channels, as a page does. */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';
import { WebSocket } from 'ws';
import { listFiles } from '../../shared/document/schema.ts';

const SYNC = 0;
const AWARENESS = 1;

export interface MemberOptions {
  /** Where the server listens, and the name that it answers to. */
  port: number;
  environmentId: string;
  token: string;
  /** Called with each text that another member has inserted. */
  onText: (text: string) => void;
}

export class LoadMember {
  readonly #doc = new Y.Doc();
  readonly #awareness = new Awareness(this.#doc);
  readonly #socket: WebSocket;
  #text: Y.Text | undefined;
  readonly ready: Promise<void>;

  constructor({ port, environmentId, token, onText }: MemberOptions) {
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/ws/${environmentId}`, ['terrarium.v1', `bearer.${token}`], { headers: { host: `localhost:${port}` }, perMessageDeflate: false });
    this.#socket.on('error', ready.reject);
    this.#socket.on('close', (code, reason) => ready.reject(new Error(`Closed with ${code} ${String(reason)}`)));
    this.#socket.on('open', () => {
      this.#socket.send(JSON.stringify({ v: 1, channel: 'state', id: 0, data: { kind: 'hello', source: crypto.randomUUID(), wants: ['console', 'network', 'route', 'performance'] } }));
      this.#send(SYNC, (encoder) => syncProtocol.writeSyncStep1(encoder, this.#doc));
    });
    this.#socket.on('message', (data: Buffer, isBinary) => isBinary && this.#receive(data, onText, ready.resolve));
    this.#doc.on('update', (update: Uint8Array, origin: unknown) => origin !== this && this.#send(SYNC, (encoder) => syncProtocol.writeUpdate(encoder, update)));
  }

  /** Types a text, and moves its cursor, as an editor does. */
  edit(text: string): void {
    this.#text?.insert(this.#text.length, text);
    this.#awareness.setLocalStateField('selection', { at: this.#text?.length });
    this.#send(AWARENESS, (encoder) => encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(this.#awareness, [this.#doc.clientID])));
  }

  leave(): void {
    this.#awareness.destroy();
    this.#socket.removeAllListeners('close');
    this.#socket.terminate();
  }

  #receive(data: Buffer, onText: (text: string) => void, ready: () => void): void {
    const decoder = decoding.createDecoder(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    if (decoding.readVarUint(decoder) !== SYNC) return;
    const answer = encoding.createEncoder();
    encoding.writeVarUint(answer, SYNC);
    const type = syncProtocol.readSyncMessage(decoder, answer, this.#doc, this);
    if (encoding.length(answer) > 1) this.#socket.send(encoding.toUint8Array(answer));
    if (type !== syncProtocol.messageYjsSyncStep2 || this.#text !== undefined) return;
    const file = listFiles(this.#doc).find(({ kind }) => kind === 'text');
    if (file?.kind !== 'text') throw new Error('The environment has no text file.');
    this.#text = file.text;
    file.text.observe((event, { origin }) => {
      if (origin === this) for (const { insert } of event.delta) if (typeof insert === 'string') onText(insert);
    });
    ready();
  }

  #send(type: number, write: (encoder: encoding.Encoder) => void): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, type);
    write(encoder);
    this.#socket.send(encoding.toUint8Array(encoder));
  }
}
