import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { addTextFile, findByPath } from '../../../shared/document/schema.ts';
import { startTestServer } from '../../testing.ts';
import type { TestServer } from '../../testing.ts';
import { json, makeAgent, textOf, toolsOf } from '../testing.ts';
import type { FileChange } from './change.ts';
import { changesOf } from './record.ts';
import { reverseFile } from './reverse.ts';

let server: TestServer;
let id: string;
let call: ReturnType<typeof toolsOf>;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  id = await server.create();
  call = toolsOf(server, id, (await makeAgent(server, id)).token);
});
afterAll(() => server.dispose());

const text = (file: string) => textOf(server, id, file);
const person = (file: string, body: string | Uint8Array<ArrayBuffer>) => server.api(`/api/environments/${id}/files/${file}`, { method: 'PUT', body });
const patch = (file: string, old: string, next: string) => call('file_patch', { path: file, edits: [{ old, new: next, all: false }] });
const undo = async (file?: string) => (await call('session_undo', file === undefined ? {} : { path: file })).files;

describe('[U2] text', () => {
  test('what the agent wrote goes, what it deleted comes back, what others wrote in between stays', async () => {
    await person('a.txt', 'one two three\n');
    await patch('a.txt', 'two', '22 XX');
    await person('a.txt', 'zero one 22 (mine) XX three four\n');
    await patch('a.txt', 'three', '3');
    expect(await undo()).toEqual([{ path: 'a.txt', result: 'undone' }]);
    const back = await text('a.txt');
    for (const kept of ['zero', 'one', 'two', '(mine)', 'three', 'four']) expect(back).toContain(kept);
    for (const gone of ['22', 'XX', '3']) expect(back).not.toContain(gone);
  });
  test('several edits of one place leave nothing behind', async () => {
    await person('a.txt', 'base\n');
    await patch('a.txt', 'base', 'first');
    await patch('a.txt', 'first', 'second');
    await patch('a.txt', 'second', '');
    expect(await text('a.txt')).toBe('\n');
    await undo();
    expect(await text('a.txt')).toBe('base\n');
    expect(await undo()).toEqual([]);
  });
  test('it is one file alone when a file is named', async () => {
    await patch('src/main.ts', 'hello', 'hi');
    await patch('package.json', 'tiny', 'huge');
    expect(await undo('src/main.ts')).toEqual([{ path: 'src/main.ts', result: 'undone' }]);
    expect([await text('src/main.ts'), await text('package.json')]).toEqual(['export const greeting = "hello";\n', '{"name":"huge"}\n']);
  });
  test('two agents: each takes back its own', async () => {
    const kiwi = toolsOf(server, id, (await makeAgent(server, id, { name: 'Kiwi' })).token);
    await patch('src/main.ts', 'hello', 'robin');
    await kiwi('file_patch', { path: 'src/main.ts', edits: [{ old: 'greeting', new: 'kiwi', all: false }] });
    await undo();
    expect(await text('src/main.ts')).toBe('export const kiwi = "hello";\n');
    await kiwi('session_undo');
    expect(await text('src/main.ts')).toBe('export const greeting = "hello";\n');
  });
});

describe('[U3] files', () => {
  test('created ones go, but for what others wrote into them', async () => {
    await call('file_write', { path: 'new.txt', text: 'agent\n' });
    await call('file_write', { path: 'shared.txt', text: 'agent\n' });
    await person('shared.txt', 'agent\nperson\n');
    expect((await undo()).toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([{ path: 'new.txt', result: 'undone' }, { path: 'shared.txt', result: 'partly' }]);
    expect([await text('new.txt'), await text('shared.txt')]).toEqual(['(404)', 'person\n']);
  });
  test('deleted ones come back as they were before the session', async () => {
    await patch('src/main.ts', 'hello', 'changed first');
    await call('file_delete', { path: 'src/main.ts' });
    await call('file_delete', { path: 'public/dot.png' });
    expect(await undo()).toMatchObject([{ result: 'undone' }, { result: 'undone' }]);
    expect(await text('src/main.ts')).toBe('export const greeting = "hello";\n');
    expect(new Uint8Array(await (await server.api(`/api/environments/${id}/files/public/dot.png`)).arrayBuffer())).toEqual(new Uint8Array([137, 80, 78, 71, 0, 1, 2, 3]));
  });
  test('a deleted one whose place is taken stays away, and that is said', async () => {
    await call('file_delete', { path: 'src/main.ts' });
    await person('src/main.ts', 'by a person');
    expect(await undo()).toEqual([{ path: 'src/main.ts', result: 'partly' }]);
    expect(await text('src/main.ts')).toBe('by a person');
  });
  test('moves and bytes, unless somebody moved or replaced them since', async () => {
    await call('file_move', { path: 'src/main.ts', to: 'lib/main.ts' });
    await call('file_move', { path: 'lib/main.ts', to: 'lib/end.ts' });
    await call('file_write', { path: 'public/dot.png', base64: 'AAAA' });
    await undo();
    expect([await text('src/main.ts'), await text('lib/end.ts')]).toEqual(['export const greeting = "hello";\n', '(404)']);
    await call('file_write', { path: 'public/dot.png', base64: 'AAAA' });
    await person('public/dot.png', new Uint8Array([0, 9]));
    expect(await undo()).toEqual([{ path: 'public/dot.png', result: 'partly' }]);
  });
});

test('[U1] a session outlives its room and the server', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'terrarium-undo-'));
  const first = await startTestServer({ root: folder });
  const environmentId = await first.create();
  const agent = await makeAgent(first, environmentId);
  await toolsOf(first, environmentId, agent.token)('file_patch', { path: 'src/main.ts', edits: [{ old: 'hello', new: 'hi', all: false }] });
  await first.dispose();
  const second = await startTestServer({ root: folder });
  expect(await toolsOf(second, environmentId, agent.token)('session_undo')).toEqual({ files: [{ path: 'src/main.ts', result: 'undone' }] });
  expect(await textOf(second, environmentId, 'src/main.ts')).toBe('export const greeting = "hello";\n');
  await second.dispose();
  rmSync(folder, { recursive: true });
});

test('[U4] a person undoes it by the list of sessions', async () => {
  await patch('src/main.ts', 'hello', 'hi');
  const { sessions } = (await (await server.api(`/api/environments/${id}/sessions`)).json()) as { sessions: { id: string; agentName: string; files: unknown[] }[] };
  expect(sessions).toMatchObject([{ agentName: 'Robin', files: [{ path: 'src/main.ts', changes: 1 }] }]);
  const undone = await server.api(`/api/environments/${id}/sessions/${sessions[0]?.id}/undo`, json({}));
  expect(await undone.json()).toEqual({ files: [{ path: 'src/main.ts', result: 'undone' }] });
  expect(await text('src/main.ts')).toContain('hello');
  expect((await server.api(`/api/environments/${id}/sessions/none/undo`, json({}))).status).toBe(404);
});

/** Edits of two authors in any order: without the agent's, the text is what the person's alone would have made of it, wherever the two did not touch. */
test('[U2] whatever both do, the agent’s characters go, and the person’s and the first ones stay', () => {
  const step = fc.record({ agent: fc.boolean(), at: fc.nat(30), remove: fc.nat(4), insert: fc.stringMatching(/^[xyz]{0,4}$/) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const doc = new Y.Doc();
      addTextFile(doc, { id: 'f', path: 'a', content: 'ABCDEFGHIJ' });
      const changes: FileChange[] = [];
      doc.on('afterTransaction', (transaction: Y.Transaction) => {
        const change = transaction.origin === 'agent' ? changesOf(transaction).get('f') : undefined;
        if (change !== undefined) changes.push(JSON.parse(JSON.stringify(change)) as FileChange);
      });
      const file = findByPath(doc, 'a');
      if (file?.kind !== 'text') throw new Error('no file');
      const removedByPerson = new Set<string>();
      let people = '';
      for (const { agent, at, remove, insert } of steps) {
        doc.transact(() => {
          const now = file.text.toString();
          const from = Math.min(at, now.length);
          const gone = now.slice(from, from + remove);
          if (!agent) for (const character of gone) removedByPerson.add(character);
          file.text.delete(from, gone.length);
          file.text.insert(from, agent ? insert.toLowerCase() : insert.toUpperCase());
          if (!agent) people += insert.toUpperCase();
        }, agent ? 'agent' : 'person');
      }
      const updated = new Y.Doc();
      // As after a restart: another copy of the document, garbage collected.
      Y.applyUpdate(updated, Y.encodeStateAsUpdate(doc));
      updated.transact(() => reverseFile(updated, 'f', changes, () => true));
      const back = findByPath(updated, 'a');
      const result = back?.kind === 'text' ? back.text.toString() : '';
      expect(result).not.toMatch(/[xyz]/);
      const first = [...'ABCDEFGHIJ'].filter((character) => !removedByPerson.has(character)).join('');
      expect(result.replaceAll(/[XYZ]/g, '')).toBe(first);
      expect(result.replaceAll(/[^XYZ]/g, '').length).toBeLessThanOrEqual(people.length);
    }),
    { numRuns: 500 },
  );
});
