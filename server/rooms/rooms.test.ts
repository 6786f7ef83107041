import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as awarenessProtocol from 'y-protocols/awareness';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';
import type { Author } from '../../shared/document/author.ts';
import { findByPath } from '../../shared/document/schema.ts';
import { openDatabase } from '../storage/database.ts';
import { freePort, OWNER_TOKEN, writeFixture, startListening } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { MESSAGE } from './room.ts';
import { join, socketFor, synced } from './testing-member.ts';
import type { Member } from './testing-member.ts';


/** Code with which the room ends the connection. */
const closing = (member: Member) => new Promise<number | undefined>((resolve) => member.provider.once('connection-close', (event) => resolve(event?.code)));

/** Resolves with the next event of a Yjs emitter. */
const next = (emitter: { once(name: never, listener: () => void): void }, name: string) => new Promise<void>((resolve) => emitter.once(name as never, () => resolve()));

function textOf(doc: Y.Doc, name: string): Y.Text {
  const file = findByPath(doc, name);
  if (file?.kind !== 'text') throw new Error(`No text file ${name}`);
  return file.text;
}

describe('in process', () => {
  let server: TestServer;
  let id: string;
  let port: number;
  let members: Member[];
  const enter = (token?: string) => {
    const member = join(port, id, token);
    members.push(member);
    return member;
  };
  beforeEach(async () => {
    ({ server, port, id } = await startListening());
    members = [];
  });
  afterEach(async () => {
    members.forEach((member) => member.leave());
    await server.dispose();
  });

  test('[C4] an edit reaches the other members, [S1][S2] and is announced as durable', async () => {
    const [a, b] = [enter(), enter()];
    await Promise.all([synced(a), synced(b)]);
    const arrived = next(b.doc, 'update');
    textOf(a.doc, 'src/main.ts').insert(0, '// hi\n');
    await arrived;
    expect(textOf(b.doc, 'src/main.ts').toString()).toContain('// hi');
    await Promise.all([a.saved(), b.saved()]);
  });

  test('a write through the API appears with every member as the smallest change', async () => {
    const a = enter();
    await synced(a);
    const text = textOf(a.doc, 'src/main.ts');
    const deltas: unknown[] = [];
    const arrived = Promise.withResolvers<void>();
    text.observe((event) => {
      deltas.push(...event.delta);
      arrived.resolve();
    });
    await server.api(`/api/environments/${id}/files/src/main.ts`, { method: 'PUT', body: 'export const greeting = "hullo";\n' });
    await arrived.promise;
    expect(text.toString()).toBe('export const greeting = "hullo";\n');
    expect(deltas).toEqual([{ retain: 26 }, { delete: 1 }, { insert: 'u' }]);
  });

  test('[C2] the copy that a viewer’s browser kept may come after the socket opened: it is known', async () => {
    const viewer = enter(await server.invite(id, 'viewer'));
    await synced(viewer);
    const sendUpdate = (update: Uint8Array) => {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, MESSAGE.sync);
      syncProtocol.writeUpdate(encoder, update);
      viewer.provider.ws?.send(encoding.toUint8Array(encoder));
    };
    sendUpdate(Y.encodeStateAsUpdate(viewer.doc));
    // The answer to a question that follows comes only where the connection goes on.
    const announced = next(viewer.provider, 'sync');
    const question = encoding.createEncoder();
    encoding.writeVarUint(question, MESSAGE.sync);
    syncProtocol.writeSyncStep1(question, viewer.doc);
    viewer.provider.synced = false;
    viewer.provider.ws?.send(encoding.toUint8Array(question));
    await announced;
    const refused = closing(viewer);
    textOf(viewer.doc, 'src/main.ts').insert(0, 'mine');
    expect(await refused).toBe(4403);
  });

  test('[C2] a viewer reads, and what it writes goes nowhere', async () => {
    const viewer = enter(await server.invite(id, 'viewer'));
    const editor = enter();
    await Promise.all([synced(viewer), synced(editor)]);
    const closed = closing(viewer);
    textOf(viewer.doc, 'src/main.ts').insert(0, 'EVIL');
    expect(await closed).toBe(4403);
    expect(await (await server.api(`/api/environments/${id}/files/src/main.ts`)).text()).not.toContain('EVIL');
  });

  test('[R9] the log says who made each update: by socket under the name on the page, by the API, at creation', async () => {
    const editor = enter(await server.invite(id, 'editor'));
    await synced(editor);
    const heard = next(editor.provider.awareness as never, 'update');
    editor.provider.awareness.setLocalStateField('user', { name: 'Otter', colour: 1, kind: 'human' });
    await heard;
    textOf(editor.doc, 'src/main.ts').insert(0, '// ');
    await editor.saved();
    await server.api(`/api/environments/${id}/files/new.txt`, { method: 'PUT', body: 'x' });
    const database = openDatabase(path.join(server.settings.dataDir, 'terrarium.sqlite'));
    const authors = (database.prepare('SELECT author FROM updates WHERE environment_id = ? ORDER BY seq').all(id) as { author: string }[]).map(({ author }) => JSON.parse(author) as Author);
    const member = (database.prepare('SELECT id FROM members WHERE environment_id = ?').get(id) as { id: string }).id;
    database.close();
    expect(authors).toEqual([{ kind: 'person', id: 'owner', name: 'Owner' }, { kind: 'person', id: member, name: 'Otter' }, { kind: 'person', id: 'owner', name: 'Owner' }]);
  });
  test('[R6] termination ends the room for good', async () => {
    const member = enter();
    await synced(member);
    const closed = closing(member);
    await server.api(`/api/environments/${id}`, { method: 'DELETE' });
    expect(await closed).toBe(4404);
  });

  const closeOf = (headers: Record<string, string>, protocols: string[] = [], environment = id, send?: Uint8Array | string) =>
    new Promise<number>((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/${environment}`, protocols, { headers: { host: `localhost:${port}`, ...headers } });
      socket.on('open', () => send !== undefined && socket.send(send));
      socket.on('close', resolve);
      socket.on('error', reject);
    });

  test('[C1] who is not admitted is told why by the close code', async () => {
    const bearer = { authorization: `Bearer ${OWNER_TOKEN}` };
    expect(await closeOf({})).toBe(4401);
    expect(await closeOf({}, ['terrarium.v1', 'bearer.wrong'])).toBe(4401);
    expect(await closeOf({ ...bearer, origin: 'https://evil.example' })).toBe(4403);
    expect(await closeOf({ ...bearer, origin: `http://${id}.preview.localhost:${port}` })).toBe(4403);
    expect(await closeOf(bearer, [], 'nosuchenvironment')).toBe(4404);
    const cookie = (await server.fetch(new Request(server.signInLink))).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(await closeOf({ cookie })).toBe(4401);
    // Admitted, it stays open until the rubbish below it.
    expect(await closeOf({ cookie, origin: `http://localhost:${port}` }, [], id, new Uint8Array([99]))).toBe(4400);
  });

  test('[C3] rubbish is refused and changes nothing', async () => {
    const headers = { authorization: `Bearer ${OWNER_TOKEN}` };
    const before = await (await server.api(`/api/environments/${id}/files`)).text();
    const frames: (Uint8Array | string)[] = ['text', new Uint8Array([]), new Uint8Array([0]), new Uint8Array([0, 2, 200, 1, 2]), new Uint8Array([0, 2, 3, 255, 255, 255]), new Uint8Array([0, 9, 1, 1]), new Uint8Array([1, 5, 1])];
    for (const frame of frames) expect(await closeOf(headers, [], id, frame)).toBe(4400);
    expect(await closeOf(headers, [], id, new Uint8Array(9 * 1024 * 1024))).toBe(4413);
    expect(await (await server.api(`/api/environments/${id}/files`)).text()).toBe(before);
  });

  test('[C5] a cursor leaves with its connection, and nobody moves that of another', async () => {
    const [a, b] = [enter(), enter()];
    await Promise.all([synced(a), synced(b)]);
    const seen = next(b.provider.awareness, 'change');
    a.provider.awareness.setLocalState({ name: 'Ada' });
    await seen;
    const forged = new awarenessProtocol.Awareness(new Y.Doc());
    forged.clientID = a.doc.clientID;
    forged.setLocalState({ name: 'Eve' });
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MESSAGE.awareness);
    forged.meta.set(a.doc.clientID, { clock: 1000, lastUpdated: 0 });
    encoding.writeVarUint8Array(encoder, awarenessProtocol.encodeAwarenessUpdate(forged, [a.doc.clientID]));
    b.provider.ws?.send(encoding.toUint8Array(encoder));
    const gone = new Promise<void>((resolve) => b.provider.awareness.on('change', ({ removed }: { removed: number[] }) => removed.includes(a.doc.clientID) && resolve()));
    expect(b.provider.awareness.getStates().get(a.doc.clientID)).toEqual({ name: 'Ada' });
    a.provider.disconnect();
    await gone;
    forged.destroy();
  });

  test('[S1] a deletion is counted although it advances no clock', async () => {
    const socket = new (socketFor(port))(`ws://127.0.0.1:${port}/ws/${id}`, ['terrarium.v1', `bearer.${OWNER_TOKEN}`]);
    const counted = Promise.withResolvers<number>();
    const doc = new Y.Doc();
    socket.on('message', (data: Buffer) => {
      const decoder = decoding.createDecoder(new Uint8Array(data));
      const type = decoding.readVarUint(decoder);
      if (type === MESSAGE.sync) syncProtocol.readSyncMessage(decoder, encoding.createEncoder(), doc, null);
      if (type !== MESSAGE.durable) return;
      decoding.readVarUint8Array(decoder);
      expect(decoding.readVarUint(decoder)).toBe(1);
      const count = decoding.readVarUint(decoder);
      if (count === 0) deleteFirst();
      else counted.resolve(count);
    });
    const send = (write: (encoder: encoding.Encoder) => void) => {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, MESSAGE.sync);
      write(encoder);
      socket.send(encoding.toUint8Array(encoder));
    };
    const deleteFirst = () => {
      doc.once('update', (update: Uint8Array) => send((encoder) => syncProtocol.writeUpdate(encoder, update)));
      textOf(doc, 'src/main.ts').delete(0, 6);
    };
    await once(socket, 'open');
    send((encoder) => syncProtocol.writeSyncStep1(encoder, doc));
    expect(await counted.promise).toBe(1);
    socket.close();
  });
});

describe('killed with -9', () => {
  let root: string;
  let port: number;
  let child: ChildProcess | undefined;
  beforeEach(async () => {
    root = mkdtempSync(path.join(os.tmpdir(), 'terrarium-kill-'));
    port = await freePort();
    writeFixture(root);
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(root, { recursive: true, force: true });
  });

  async function start(): Promise<ChildProcess> {
    const script = path.join(import.meta.dirname, 'testing-server.ts');
    child = spawn(process.execPath, [script, root, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.stdout !== null) await once(child.stdout, 'data');
    return child;
  }
  const ask = (pathname: string, init: RequestInit = {}) => fetch(`http://localhost:${port}${pathname}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${OWNER_TOKEN}` } });

  test('[S3] under typing from several members: no edit that was announced is missing', async () => {
    let server = await start();
    const { environmentId } = (await (await ask('/api/environments', { method: 'POST', body: '{"taskId":"kill","template":"tiny"}', headers: { 'content-type': 'application/json' } })).json()) as { environmentId: string };
    for (let round = 0; round < 4; round++) {
      const writers = [0, 1, 2].map(() => join(port, environmentId));
      await Promise.all(writers.map(synced));
      const typing = writers.map((writer, index) => setInterval(() => textOf(writer.doc, 'src/main.ts').insert(0, `${round}${index} `), 1));
      // Enough of it is announced while more is being typed.
      for (let batch = 0; batch < 4; batch++) await Promise.all(writers.map((writer) => writer.saved()));
      // Killed in the very turn of an announcement: whatever it covers and is not on the disk is lost for good.
      const exited = once(server, 'exit');
      const announced = await new Promise<Map<number, number>[]>((resolve) => {
        for (const writer of writers) {
          writer.onAnnounced = () => {
            server.kill('SIGKILL');
            resolve(writers.map((each) => new Map(each.announced)));
          };
        }
      });
      await exited;
      typing.forEach(clearInterval);
      // The members go too: what they would send again must not stand in for what the server forgot.
      writers.forEach((writer) => writer.leave());
      server = await start();
      const reader = join(port, environmentId);
      await synced(reader);
      const present = Y.decodeStateVector(Y.encodeStateVector(reader.doc));
      for (const [client, clock] of announced.flatMap((vector) => [...vector])) expect(present.get(client) ?? 0).toBeGreaterThanOrEqual(clock);
      reader.leave();
    }
  }, 30_000);
});
