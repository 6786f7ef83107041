import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AgentProposal } from '../../shared/agents/review.ts';
import { startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { codeOf, json, makeAgent, textOf, toolsOf } from './testing.ts';

let server: TestServer;
let id: string;
let agent: { id: string; token: string };
let call: ReturnType<typeof toolsOf>;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  id = await server.create();
  agent = await makeAgent(server, id, { mode: 'suggest' });
  call = toolsOf(server, id, agent.token);
});
afterAll(() => server.dispose());

const text = (path: string) => textOf(server, id, path);
const person = (path: string, body: string) => server.api(`/api/environments/${id}/files/${path}`, { method: 'PUT', body });
const proposals = async () => ((await (await server.api(`/api/environments/${id}/proposals`)).json()) as { proposals: AgentProposal[] }).proposals;
const decide = (proposal: string | undefined, decision: object) => server.api(`/api/environments/${id}/proposals/${proposal}/decision`, json(decision));

const lines = (count: number, change: Record<number, string> = {}) => Array.from({ length: count }, (_, index) => `${change[index] ?? `line ${index}`}\n`).join('');

describe('[P1] suggesting', () => {
  test('changes nothing; the agent goes on with what it proposed', async () => {
    const first = await call('file_patch', { path: 'src/main.ts', edits: [{ old: 'hello', new: 'hi', all: false }] });
    expect(first.proposal).toEqual(expect.any(String));
    expect(await text('src/main.ts')).toContain('hello');
    const read = await call('file_read', { path: 'src/main.ts' });
    expect(read).toMatchObject({ proposed: true, text: 'export const greeting = "hi";\n', revision: first.revision });
    const second = await call('file_write', { path: 'src/main.ts', text: 'other\n', revision: read.revision });
    expect(second.proposal).toBe(first.proposal);
    await expect(call('file_write', { path: 'src/main.ts', text: 'x', revision: read.revision })).rejects.toThrow('E-TERRARIUM-1005');
    expect(await proposals()).toMatchObject([{ kind: 'edit', path: 'src/main.ts', fits: true, agent: { name: 'Robin' } }]);
  });
  test('the plain routes are closed to such an agent', async () => {
    expect(await codeOf(await server.api(`/api/environments/${id}/files/a`, { method: 'PUT', body: 'x', token: agent.token }))).toBe('E-TERRARIUM-1416');
  });
  test('a switch lets it edit', async () => {
    expect(await (await server.api(`/api/environments/${id}/agents/${agent.id}`, json({ mode: 'edit' }, 'PATCH'))).json()).toMatchObject({ mode: 'edit' });
    expect((await call('file_write', { path: 'a.txt', text: 'x' })).proposal).toBeUndefined();
    expect(await text('a.txt')).toBe('x');
  });
});

describe('[P2] deciding', () => {
  test('by hunk: some accepted, some rejected, others’ edits stay', async () => {
    await person('a.txt', lines(40));
    await call('file_write', { path: 'a.txt', text: lines(40, { 2: 'first', 20: 'second', 38: 'third' }) });
    const [proposal] = await proposals();
    expect(proposal?.hunks.map(({ lines: all }) => all.filter(({ kind }) => kind === '+').map((line) => line.text))).toEqual([['first'], ['second'], ['third']]);
    await person('a.txt', lines(40, { 10: 'mine' }));
    const [one, two] = proposal?.hunks ?? [];
    const left = (await (await decide(proposal?.id, { accept: true, hunks: [two?.id] })).json()) as AgentProposal;
    expect(left.hunks.map((hunk) => hunk.id)).toEqual([one?.id, proposal?.hunks[2]?.id]);
    expect(await text('a.txt')).toBe(lines(40, { 10: 'mine', 20: 'second' }));
    await decide(proposal?.id, { accept: false, hunks: [one?.id] });
    expect(await (await decide(proposal?.id, { accept: true })).json()).toBeNull();
    expect(await text('a.txt')).toBe(lines(40, { 10: 'mine', 20: 'second', 38: 'third' }));
    expect(await proposals()).toEqual([]);
    expect(await codeOf(await decide(proposal?.id, { accept: true }))).toBe('E-TERRARIUM-1344');
  });
  test('what is accepted is the agent’s, and can be taken back with its session', async () => {
    await call('file_write', { path: 'src/main.ts', text: 'new\n' });
    await decide((await proposals())[0]?.id, { accept: true });
    expect(await text('src/main.ts')).toBe('new\n');
    // Taking back is a change: while the agent only suggests, a person decides about it.
    await expect(call('session_undo')).rejects.toThrow('E-TERRARIUM-1416');
    const { sessions } = (await (await server.api(`/api/environments/${id}/sessions`)).json()) as { sessions: { id: string }[] };
    expect(await (await server.api(`/api/environments/${id}/sessions/${sessions[0]?.id}/undo`, json({}))).json()).toEqual({ files: [{ path: 'src/main.ts', result: 'undone' }] });
    expect(await text('src/main.ts')).toBe('export const greeting = "hello";\n');
  });
  test('new files, moves and deletions', async () => {
    await call('file_write', { path: 'new.txt', text: 'new\n' });
    await call('file_move', { path: 'src/main.ts', to: 'src/index.ts' });
    await call('file_delete', { path: 'public/dot.png' });
    expect([await text('new.txt'), await text('src/index.ts')]).toEqual(['(404)', '(404)']);
    for (const { id: proposal } of await proposals()) expect((await decide(proposal, { accept: true })).status).toBe(200);
    expect([await text('new.txt'), await text('src/index.ts'), await text('public/dot.png')]).toEqual(['new\n', 'export const greeting = "hello";\n', '(404)']);
  });
  test('what no longer fits says so and changes nothing', async () => {
    await call('file_write', { path: 'src/main.ts', text: 'agent\n' });
    await call('file_delete', { path: 'package.json' });
    await person('src/main.ts', 'person\n');
    await person('package.json', '{}\n');
    for (const proposal of await proposals()) {
      expect(proposal.fits).toBe(false);
      expect(await codeOf(await decide(proposal.id, { accept: true }))).toBe('E-TERRARIUM-1345');
      expect((await decide(proposal.id, { accept: false })).status).toBe(200);
    }
    expect([await text('src/main.ts'), await text('package.json')]).toEqual(['person\n', '{}\n']);
  });
  test('hunks that the agent has changed since are not decided by mistake', async () => {
    await call('file_write', { path: 'src/main.ts', text: 'one\n' });
    const [before] = await proposals();
    await call('file_write', { path: 'src/main.ts', text: 'two\n' });
    expect(await codeOf(await decide(before?.id, { accept: true, hunks: [before?.hunks[0]?.id] }))).toBe('E-TERRARIUM-1344');
  });
  test('only people decide', async () => {
    await call('file_write', { path: 'src/main.ts', text: 'one\n' });
    const [proposal] = await proposals();
    const decision = (token: string) => server.api(`/api/environments/${id}/proposals/${proposal?.id}/decision`, { ...json({ accept: true }), token });
    expect(await codeOf(await decision(agent.token))).toBe('E-TERRARIUM-1402');
    expect(await codeOf(await decision(await server.invite(id, 'viewer')))).toBe('E-TERRARIUM-1402');
    expect((await decision(await server.invite(id, 'editor'))).status).toBe(200);
  });
});

describe('[L2] locks of people', () => {
  test('hold for agents until they are released', async () => {
    await server.api(`/api/environments/${id}/agents/${agent.id}`, json({ mode: 'edit' }, 'PATCH'));
    const taken = await server.api(`/api/environments/${id}/locks`, json({ path: 'src/main.ts', reason: 'mine today' }));
    const { fileId } = (await taken.json()) as { fileId: string };
    await expect(call('file_write', { path: 'src/main.ts', text: 'x' })).rejects.toThrow('E-TERRARIUM-1342');
    expect(await (await server.api(`/api/environments/${id}/locks`)).json()).toMatchObject({ locks: [{ path: 'src/main.ts', reason: 'mine today', holder: { kind: 'person', id: 'owner' }, expiresAt: null }] });
    expect((await server.api(`/api/environments/${id}/locks/${fileId}`, { method: 'DELETE' })).status).toBe(204);
    await call('file_write', { path: 'src/main.ts', text: 'x' });
  });
});
