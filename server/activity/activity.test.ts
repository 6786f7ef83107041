import { expect, test, vi } from 'vitest';
import type { ActivityKind, ConsoleRecord, RouteRecord } from '../../shared/protocol/activity.ts';
import { createActivity } from './activity.ts';
import type { ActivityOptions } from './activity.ts';

const author = { kind: 'person', id: 'owner', name: 'Ann' } as const;
const line = (text: string): ConsoleRecord => ({ kind: 'console', port: 5173, time: 1, realm: 'page', level: 'log', args: [{ type: 'string', preview: text }] });
const route = (url: string): RouteRecord => ({ kind: 'route', port: 5173, time: 1, realm: 'page', url, title: '' });
const small = { records: 3, bytes: 10_000 };
const limits: Record<ActivityKind, { records: number; bytes: number }> = { console: small, network: small, route: small, performance: small, file: small };

function make(options: Partial<ActivityOptions> = {}) {
  const errors: string[] = [];
  const note = (message: string) => void errors.push(message);
  return { errors, ...createActivity({ logger: { info: note, warn: note, error: note }, limits, ...options }) };
}
const texts = (records: { record: ConsoleRecord }[]) => records.map(({ record }) => (record.kind === 'console' ? record.args[0]?.preview : record.kind));

test('[V1] cursors grow over kinds, and over a restart of the server', () => {
  vi.useFakeTimers({ now: 1_000_000 });
  try {
    const first = make();
    const a = first.append('e', 'console', line('a'), author);
    const b = first.append('e', 'route', route('/'), author);
    expect(b).toBeGreaterThan(a);
    vi.advanceTimersByTime(1);
    expect(make().append('e', 'console', line('c'), author)).toBeGreaterThan(b);
    expect(make().latest('e')).toBeGreaterThan(b);
  } finally {
    vi.useRealTimers();
  }
});

test('[V2] a reader goes on where the read before ended, by kind or over all', () => {
  const activity = make();
  for (const text of ['a', 'b']) activity.append('e', 'console', line(text), author);
  activity.append('e', 'route', route('/x'), author);
  activity.append('e', 'console', line('c'), author);
  const start = activity.since('e', 'console', 0, 2);
  expect(texts(start.records)).toEqual(['a', 'b']);
  const rest = activity.since('e', 'console', start.next, 2);
  expect(texts(rest.records)).toEqual(['c']);
  expect(activity.since('e', 'console', rest.next, 2)).toEqual({ records: [], next: rest.next, missed: [] });
  expect(activity.sinceAny('e', ['route', 'console'], start.next, 9).records.map(({ kind }) => kind)).toEqual(['route', 'console']);
  expect(activity.since('other', 'console', 0, 9).records).toEqual([]);
});

test('[V3][V4] who logs in a loop pushes out log lines alone, and a reader that was behind is told', () => {
  const activity = make();
  activity.append('e', 'route', route('/x'), author);
  const before = activity.latest('e');
  for (let n = 0; n < 100; n++) activity.append('e', 'console', line(String(n)), author);
  const read = activity.sinceAny('e', ['console', 'route'], before, 99);
  expect(read).toMatchObject({ missed: ['console'] });
  expect(read.records).toHaveLength(3);
  expect(activity.since('e', 'route', 0, 9).records).toHaveLength(1);
  expect(activity.since('e', 'console', read.next, 9).missed).toEqual([]);
  activity.append('e', 'console', line('x'.repeat(9_900)), author);
  expect(activity.since('e', 'console', 0, 9).records).toHaveLength(1);
});

test('[V5] all environments together are bounded, at the cost of the largest', () => {
  const activity = make({ totalBytes: 4000 });
  activity.append('small', 'console', line('kept'), author);
  for (let n = 0; n < 3; n++) activity.append('large', 'console', line('x'.repeat(1200)), author);
  expect(texts(activity.since('small', 'console', 0, 9).records)).toEqual(['kept']);
  expect(activity.since('large', 'console', 0, 9).records.length).toBeLessThan(3);
  activity.remove('large');
  expect(activity.since('large', 'console', 0, 9).records).toEqual([]);
});

test('[V7] listeners hear each record once, whatever another does, until they stop', () => {
  const activity = make();
  const heard: number[] = [];
  activity.subscribe('e', () => {
    throw new Error('broken');
  });
  const stop = activity.subscribe('e', ({ cursor }) => {
    expect(activity.sinceAny('e', ['console'], cursor - 1, 1).records).toHaveLength(1);
    heard.push(cursor);
  });
  const cursor = activity.append('e', 'console', line('a'), author);
  activity.append('f', 'console', line('b'), author);
  stop();
  activity.append('e', 'console', line('c'), author);
  expect(heard).toEqual([cursor]);
  expect(activity.errors).toHaveLength(2);
});
