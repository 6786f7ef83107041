/** Every way in which a caller changes the document, against a file that a person has locked and for an agent that only suggests. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { strToU8, zipSync } from 'fflate';
import { startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { callTool, codeOf, json, makeAgent, textOf, toolsOf } from './testing.ts';

let server: TestServer;
let id: string;
let agent: { id: string; token: string };
let person: string;
/** Of the content before the agent's change. */
let revision: number;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.dispose());

const LOCKED = 'src/main.ts';
const rest = (path: string, init: RequestInit) => (token: string) => server.api(`/api/environments/${id}${path}`, { ...init, token });
const tool = (name: string, input: object) => (token: string) => callTool(server, id, token, name, input);
const zip = (path: string) => zipSync({ [path]: strToU8('imported\n') }) as Uint8Array<ArrayBuffer>;

beforeEach(async () => {
  id = await server.create();
  person = await server.invite(id, 'editor');
  agent = await makeAgent(server, id);
  const call = toolsOf(server, id, agent.token);
  ({ revision } = await call('history_checkpoint', { name: 'start' }));
  // A file of the agent's own making and change, so that there is something to take back and to restore.
  await call('file_write', { path: LOCKED, text: 'of the agent\n' });
  await call('file_write', { path: 'free.txt', text: 'free\n' });
});

/** Each touches the file LOCKED. */
const WRITES: Record<string, () => (token: string) => Promise<Response>> = {
  'PUT file': () => rest(`/files/${LOCKED}`, { method: 'PUT', body: 'x' }),
  'PUT file as bytes': () => rest(`/files/${LOCKED}`, { method: 'PUT', body: new Uint8Array([0, 255]) }),
  'DELETE file': () => rest(`/files/${LOCKED}`, { method: 'DELETE' }),
  'restore everything': () => rest(`/history/${revision}/restore`, json({})),
  'restore the file': () => rest(`/history/${revision}/restore`, json({ paths: [LOCKED] })),
  'import over it': () => rest('/import', { method: 'POST', body: zip(LOCKED) }),
  'file_write': () => tool('file_write', { path: LOCKED, text: 'x' }),
  'file_patch': () => tool('file_patch', { path: LOCKED, edits: [{ old: 'agent', new: 'x', all: false }] }),
  'file_move': () => tool('file_move', { path: LOCKED, to: 'other.ts' }),
  'file_delete': () => tool('file_delete', { path: LOCKED }),
  'history_restore': () => tool('history_restore', { revision }),
  'session_undo': () => tool('session_undo', {}),
  'session_undo of the file': () => tool('session_undo', { path: LOCKED }),
};

describe('[L1] a file that a person has locked is not changed by an agent', () => {
  test.each(Object.keys(WRITES))('%s', async (name) => {
    await server.api(`/api/environments/${id}/locks`, { ...json({ path: LOCKED, reason: 'mine' }), token: person });
    const before = await server.api(`/api/environments/${id}/history`).then((response) => response.text());
    const response = await WRITES[name]?.()(agent.token);
    expect(response && [response.status, await codeOf(response)]).toEqual([423, 'E-TERRARIUM-1342']);
    expect([await textOf(server, id, LOCKED), await textOf(server, id, 'free.txt')]).toEqual(['of the agent\n', 'free\n']);
    expect(await server.api(`/api/environments/${id}/history`).then((answer) => answer.text())).toBe(before);
  });

  test.each(Object.keys(WRITES).filter((name) => !/_/.test(name)))('[L2] a person is not hindered: %s', async (name) => {
    await server.api(`/api/environments/${id}/locks`, json({ path: LOCKED, reason: 'of the owner' }));
    expect((await WRITES[name]?.()(person))?.ok).toBe(true);
    expect(await textOf(server, id, LOCKED)).not.toBe('of the agent\n');
  });

  test('what is not locked goes through beside it, by each door', async () => {
    await server.api(`/api/environments/${id}/locks`, { ...json({ path: LOCKED, reason: 'mine' }), token: person });
    const doors = [rest('/import', { method: 'POST', body: zip('free.txt') }), rest(`/history/${revision}/restore`, json({ paths: ['free.txt'] })), rest('/files/free.txt', { method: 'PUT', body: 'again\n' }), tool('session_undo', { path: 'free.txt' })];
    for (const door of doors) expect((await door(agent.token)).ok).toBe(true);
    expect(await textOf(server, id, LOCKED)).toBe('of the agent\n');
  });
});

describe('[P1] an agent that only suggests changes nothing', () => {
  test.each(Object.keys(WRITES))('%s', async (name) => {
    await server.api(`/api/environments/${id}/agents/${agent.id}`, json({ mode: 'suggest' }, 'PATCH'));
    const response = await WRITES[name]?.()(agent.token);
    if (name.startsWith('file_')) expect(response?.ok).toBe(true);
    else expect(response && [response.status, await codeOf(response)]).toEqual([403, 'E-TERRARIUM-1416']);
    expect([await textOf(server, id, LOCKED), await textOf(server, id, 'free.txt')]).toEqual(['of the agent\n', 'free\n']);
  });
});

test('[P6] a person accepts a proposal for a file that another holds', async () => {
  await server.api(`/api/environments/${id}/agents/${agent.id}`, json({ mode: 'suggest' }, 'PATCH'));
  const { proposal } = (await (await tool('file_write', { path: LOCKED, text: 'proposed\n' })(agent.token)).json()) as { proposal: string };
  await server.api(`/api/environments/${id}/locks`, { ...json({ path: LOCKED, reason: 'mine' }), token: person });
  expect((await server.api(`/api/environments/${id}/proposals/${proposal}/decision`, json({ accept: true }))).status).toBe(200);
  expect(await textOf(server, id, LOCKED)).toBe('proposed\n');
});
