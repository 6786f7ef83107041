import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { json, makeAgent, textOf, toolsOf } from './testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.dispose());

test('[H1] an agent reads the timeline, marks a point, and restores it as its own change', async () => {
  const id = await server.create();
  const agent = await makeAgent(server, id);
  const call = toolsOf(server, id, agent.token);
  const { revision } = await call('history_checkpoint', { name: 'before' });
  await call('file_write', { path: 'src/main.ts', text: 'changed\n' });
  const after = await call('history_checkpoint', { name: 'after' });
  const { steps } = await call('history_list', {});
  expect(steps[0]).toMatchObject({ name: 'after', authors: [{ kind: 'agent', name: 'Robin' }], files: [{ path: 'src/main.ts', change: 'changed' }] });
  expect((await call('history_diff', { revision: after.revision })).files[0]?.patch).toContain('+changed');
  const restored = await call('history_restore', { revision, paths: ['src/main.ts'] });
  expect(await textOf(server, id, 'src/main.ts')).toBe('export const greeting = "hello";\n');
  await call('history_restore', { revision: restored.undo });
  expect(await textOf(server, id, 'src/main.ts')).toBe('changed\n');
  await expect(call('history_diff', { revision: 9999 })).rejects.toThrow('E-TERRARIUM-1370');
});

test('[H1] not what others have locked, and not what it may only suggest', async () => {
  const id = await server.create();
  const agent = await makeAgent(server, id);
  const call = toolsOf(server, id, agent.token);
  const { revision } = await call('history_checkpoint', { name: 'start' });
  await call('file_write', { path: 'src/main.ts', text: 'changed\n' });
  await server.api(`/api/environments/${id}/locks`, json({ path: 'src/main.ts', reason: 'mine' }));
  await expect(call('history_restore', { revision })).rejects.toThrow('E-TERRARIUM-1342');
  await call('history_restore', { revision, paths: ['package.json'] });
  await server.api(`/api/environments/${id}/agents/${agent.id}`, json({ mode: 'suggest' }, 'PATCH'));
  await expect(call('history_restore', { revision, paths: ['package.json'] })).rejects.toThrow('E-TERRARIUM-1416');
});
