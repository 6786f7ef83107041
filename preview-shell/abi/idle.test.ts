import { expect, test } from 'vitest';
import { ChannelServer, createChannelMemory } from './channel.ts';
import { Writer } from './codec.ts';
import { IdleReport, idleTime } from './idle.ts';

test('idle time is what is over and what goes on, by clocks that began at different times', () => {
  const channel = createChannelMemory();
  let epoch = 1_790_000_000_000;
  const clockSince = (timeOrigin: number) => ({ timeOrigin, now: () => epoch - timeOrigin });
  const [threads, kernels] = [clockSince(epoch - 50), clockSince(epoch - 90_000)];
  const report = new IdleReport(channel, threads);
  expect(idleTime(channel, kernels)).toBe(0);
  report.begin();
  epoch += 250;
  expect(idleTime(channel, kernels)).toBe(250);
  report.end(250.4);
  epoch += 1000;
  expect(idleTime(channel, kernels)).toBe(250);
  report.begin();
  epoch += 50;
  expect(idleTime(channel, kernels)).toBe(300);
});

test('a thread sleeps in a call that is answered later, and in no other', async () => {
  const memory = createChannelMemory();
  const control = new Int32Array(memory, 0, 8);
  const writer = new Writer(new Uint8Array(memory, 32));
  const ask = (operation: string): void => {
    control[2] = writer.encode([operation]);
    Atomics.store(control, 0, 1);
    Atomics.notify(control, 0);
  };
  const later = Promise.withResolvers<string>();
  const ended = new AbortController();
  ask('at once');
  const server = new ChannelServer(memory, (operation) => (operation === 'later' ? later.promise : 'done'), ended.signal);
  expect(server.blockedTime).toBe(0);
  ask('later');
  await expect.poll(() => server.blockedTime).toBeGreaterThan(5);
  later.resolve('done');
  await expect.poll(() => control[0]).toBe(2);
  const slept = server.blockedTime;
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(server.blockedTime).toBe(slept);
  ended.abort();
});
