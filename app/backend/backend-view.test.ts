import { afterEach, expect, test } from 'vitest';
import type { BackendEntry, BackendStatus } from '../api/backend.ts';
import { ApiError } from '../api/request.ts';
import { BackendView } from './backend-view.ts';

const RUNNING: BackendStatus = { present: true, state: 'running', digest: 'a', code: null, message: null, startedAt: 1 };
const line = (cursor: number): BackendEntry => ({ cursor, event: { kind: 'log', at: 1, level: 'info', text: `line ${cursor}` } });
const failure = (cursor: number): BackendEntry => ({ cursor, event: { kind: 'error', at: 1, origin: 'exception', name: 'Error', message: 'no', frames: [] } });

const views: BackendView[] = [];
afterEach(() => views.splice(0).forEach((view) => view.dispose()));

function viewOf(server: { status?: BackendStatus | Error; logs?: BackendEntry[] }) {
  const asked: (number | undefined)[] = [];
  const view = new BackendView('an-environment', {
    status: () => (server.status instanceof Error ? Promise.reject(server.status) : Promise.resolve(server.status ?? RUNNING)),
    stats: () => Promise.resolve({ running: true, memory: 1, cpuMs: 2, disk: 3, limits: { memory: 4, disk: 5 } }),
    events: (_, list, after) => {
      if (list === 'requests') return Promise.resolve({ records: [], next: 0 });
      asked.push(after);
      const all = server.logs ?? [];
      return Promise.resolve({ records: all.filter(({ cursor }) => cursor > (after ?? 0)), next: all.at(-1)?.cursor ?? 0 });
    },
  });
  views.push(view);
  return { view, asked };
}

test('reads on from where it was, and shows each entry once', async () => {
  const server = { logs: [line(1), line(2)] };
  const { view, asked } = viewOf(server);
  await view.refresh();
  server.logs.push(line(3));
  await view.refresh();
  expect(asked).toEqual([undefined, 2]);
  expect(view.store.getState().log.map(({ cursor }) => cursor)).toEqual([1, 2, 3]);
});

test('counts the errors that came while nobody looked, and not those from before it was opened', async () => {
  const server = { logs: [failure(1)] };
  const { view } = viewOf(server);
  await view.refresh();
  expect(view.store.getState().unseenErrors).toBe(0);
  server.logs.push(failure(2), line(3));
  await view.refresh();
  expect(view.store.getState().unseenErrors).toBe(1);
  view.watch(true);
  expect(view.store.getState().unseenErrors).toBe(0);
});

test('a server that started anew is read from its beginning', async () => {
  const server = { logs: [line(40)] };
  const { view, asked } = viewOf(server);
  await view.refresh();
  server.logs = [line(1)];
  await view.refresh();
  await view.refresh();
  expect(asked).toEqual([undefined, 40, undefined]);
  expect(view.store.getState().log.map(({ cursor }) => cursor)).toEqual([40, 1]);
});

test('what the server refuses is said, and gone when it answers', async () => {
  const server: { status: BackendStatus | Error } = { status: new ApiError('Not now.', { status: 503, code: 'E-TERRARIUM-1306' }) };
  const { view } = viewOf(server);
  await view.refresh();
  expect(view.store.getState()).toMatchObject({ status: undefined, error: { code: 'E-TERRARIUM-1306' } });
  server.status = RUNNING;
  await view.refresh();
  expect(view.store.getState()).toMatchObject({ status: RUNNING, error: undefined });
});

test('without a backend nothing else is asked for', async () => {
  const { view, asked } = viewOf({ status: { ...RUNNING, present: false, state: 'absent' } });
  await view.refresh();
  expect(asked).toEqual([]);
});
