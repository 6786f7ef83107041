/** Every message of every channel, from every role: what happens to the sender, and whether the others hear of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createdAgentSchema } from '../../shared/agents/api.ts';
import { fromPageFrames } from '../../shared/protocol/channels.ts';
import type { fromServerFrames } from '../../shared/protocol/channels.ts';
import { freePort, OWNER_TOKEN, startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { line, place, TestMember } from './testing-client.ts';

const ROLES = ['owner', 'editor', 'viewer', 'agent', 'agent without preview.read', 'stranger', 'nobody'] as const;
type Role = (typeof ROLES)[number];

let server: TestServer;
let port: number;
let id: string;
let tokens: Record<Role, string>;

beforeAll(async () => {
  port = await freePort();
  server = await startTestServer({ port });
  await server.listen();
  id = await server.create();
  const other = await server.create();
  const agent = async (verbs: string[]) => {
    const response = await server.api(`/api/environments/${id}/agents`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Robin', verbs }) });
    return createdAgentSchema.parse(await response.json()).token;
  };
  tokens = {
    owner: OWNER_TOKEN, editor: await server.invite(id, 'editor'), viewer: await server.invite(id, 'viewer'), agent: await agent(['files.read', 'files.write', 'preview.read']),
    'agent without preview.read': await agent(['files.read', 'files.write']), stranger: await server.invite(other, 'editor'), nobody: 'no-token-at-all',
  };
});
afterAll(() => server.dispose());

const network = { kind: 'request', port: 5173, time: 1, realm: 'page', id: 'r', state: 'pending', initiator: 'fetch', method: 'GET', url: '/x' };
const route = { kind: 'route', port: 5173, time: 1, realm: 'page', url: '/x', title: '' };
const task = { kind: 'performance', port: 5173, time: 1, realm: 'page', metric: 'long-task', startMs: 1, durationMs: 60 };
const file = { change: 'removed', path: 'a.txt' };
const source = 'f'.repeat(20);
const author = { kind: 'person', id: 'owner', name: 'Ann' };

/** Channel, number, data, and what the others hear when it is taken. `hello` is what each of these begins with. */
const FROM_PAGE: Record<Exclude<keyof typeof fromPageFrames, 'hello'>, [channel: string, id: number, data: object, heard: keyof typeof fromServerFrames | undefined]> = {
  ack: ['state', 0, { kind: 'ack', cursor: 1 }, undefined],
  place: ['preview', 0, { kind: 'place', place }, 'place'],
  console: ['logs', 1, { kind: 'console', record: line('x') }, 'console'],
  network: ['logs', 1, { kind: 'network', record: network }, 'network'],
  route_change: ['preview', 1, { kind: 'route_change', record: route }, 'route_change'],
  performance: ['preview', 1, { kind: 'performance', record: task }, 'performance'],
};
const WRITES = ['console', 'network', 'route_change', 'performance'];

/** What only the server says. */
const FROM_SERVER: [channel: string, data: object][] = [
  ['state', { kind: 'welcome', epoch: 'e', author, canWrite: true, taken: 0, cursor: 0, members: [] }],
  ['state', { kind: 'taken', n: 1 }],
  ['state', { kind: 'missed', kinds: ['console'] }],
  ['state', { kind: 'joined', source, author, canWrite: true }],
  ['state', { kind: 'left', source }],
  ['preview', { kind: 'place', source, place }],
  ['logs', { kind: 'console', record: line('x'), author, source, n: 1, time: 1 }],
  ['collaboration', { kind: 'file_change', record: file, author, time: 1 }],
];

/** Code with which a role is ended before it can say anything; none for those who may listen. */
const REFUSED: Partial<Record<Role, number>> = { 'agent without preview.read': 4403, stranger: 4404, nobody: 4401 };

for (const role of ROLES) {
  describe(role, () => {
    test.each(Object.keys(FROM_PAGE) as (keyof typeof FROM_PAGE)[])('%s', async (kind) => {
      const [channel, n, data, heard] = FROM_PAGE[kind];
      const watcher = await TestMember.enter(port, id, { source: crypto.randomUUID() });
      const { cursor } = (await watcher.first('welcome')).data;
      const member = await TestMember.enter(port, id, { token: tokens[role] });
      try {
        const refused = REFUSED[role];
        if (refused !== undefined) return expect(await member.closed).toMatchObject({ code: refused });
        member.send(channel, n, data);
        if (WRITES.includes(kind) && (role === 'viewer' || role === 'agent')) {
          expect(await member.closed).toMatchObject({ code: 4403, reason: expect.stringContaining('E-TERRARIUM-1362') as string });
          // What is said afterwards is heard, and nothing before it.
          const after = await TestMember.enter(port, id);
          after.log(1, 'after');
          await watcher.first('console', ({ id: at, data: { record } }) => at > cursor && record.kind === 'console' && record.args[0]?.preview === 'after');
          expect(watcher.heard.filter(({ id: at }) => at > cursor)).toHaveLength(1);
          after.socket.terminate();
        } else if (heard !== undefined && heard !== 'place') {
          await watcher.first(heard, ({ id: at }) => at > cursor);
        } else if (heard === 'place') {
          expect((await watcher.first('place')).data.place).toEqual(place);
        }
      } finally {
        member.socket.terminate();
        watcher.socket.terminate();
      }
    });

    test.each(FROM_SERVER.map(([channel, data]) => [(data as { kind: string }).kind, channel, data] as const))('%s, which only the server says', async (_kind, channel, data) => {
      const member = await TestMember.enter(port, id, { token: tokens[role] });
      member.send(channel, 1, data);
      expect(await member.closed).toMatchObject({ code: REFUSED[role] ?? 4400 });
    });
  });
}

test('the matrix has every kind that a page may send', () => {
  expect(['hello', ...Object.keys(FROM_PAGE)].sort()).toEqual(Object.keys(fromPageFrames).sort());
});
