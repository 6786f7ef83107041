import { expect, test } from 'vitest';
import { ChannelServer, createChannelMemory } from './channel.ts';
import { Writer } from './codec.ts';

const STATE = 0;
const LENGTH = 2;
const REQUEST = 1;
const RESPONSE = 2;
const CONTROL_BYTES = 32;

test('a thread that asks again at once does not fill the kernel’s stack', async () => {
  const memory = createChannelMemory();
  const control = new Int32Array(memory, 0, 8);
  const writer = new Writer(new Uint8Array(memory, CONTROL_BYTES));
  const ask = (): void => {
    control[LENGTH] = writer.encode(['ping']);
    Atomics.store(control, STATE, REQUEST);
  };
  const ended = new AbortController();
  const finished = Promise.withResolvers<number>();
  let served = 0;
  ask();
  // What is asked while the answer is written stands for a thread on another core, faster than the kernel.
  const notify = Atomics.notify;
  Atomics.notify = (array, index, count) => {
    if (control[STATE] === RESPONSE && served < 50_000) ask();
    else finished.resolve(served);
    return notify(array as Int32Array, index, count);
  };
  try {
    const server = new ChannelServer(memory, () => void served++, ended.signal);
    expect(server).toBeDefined();
    expect(await finished.promise).toBe(50_000);
  } finally {
    Atomics.notify = notify;
    ended.abort();
  }
});
