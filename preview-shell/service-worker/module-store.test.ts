import { on } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import type { ServiceWorkerToThread } from './module-channel.ts';
import { ModuleStore } from './module-store.ts';

const PATH = '/~m/7/project/a.js';
const ports: MessagePort[] = [];
afterEach(() => ports.splice(0).forEach((port) => port.close()));

/** A thread's end of a new introduction, and what it is asked there, one question after the other. */
function introduced(store: ModuleStore) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const asked = on(port2, 'message');
  store.introduce('7', port1);
  const next = async () => ((await asked.next()).value as [ServiceWorkerToThread])[0];
  return { thread: port2, next };
}

const newStore = () => new ModuleStore(() => Promise.resolve());

test('a text is served once: whoever takes it again has it asked for again', async () => {
  const store = newStore();
  const { thread, next } = introduced(store);
  const one = store.take(PATH);
  await next();
  thread.postMessage({ t: 'put', modules: [[PATH, 'one']] });
  expect(await one).toBe('one');
  const two = store.take(PATH);
  thread.postMessage({ t: 'source', id: (await next()).id, source: 'two' });
  expect(await two).toBe('two');
});

test('a fetch that came before the text gets it when it is put, however busy its thread is', async () => {
  const store = newStore();
  const { thread, next } = introduced(store);
  const taken = store.take(PATH);
  await next();
  thread.postMessage({ t: 'put', modules: [[PATH, 'late']] });
  expect(await taken).toBe('late');
});

test('a fetch that waits on a thread which is introduced again asks through the new port', async () => {
  const store = newStore();
  const before = introduced(store);
  const taken = store.take(PATH);
  await before.next();
  const again = introduced(store);
  const { id, path } = await again.next();
  expect(path).toBe(PATH);
  again.thread.postMessage({ t: 'source', id, source: 'answered' });
  expect(await taken).toBe('answered');
});

test('a fetch that comes before its thread is introduced waits for it', async () => {
  const asked: string[] = [];
  const store = new ModuleStore(async ({ key }) => void asked.push(key));
  const taken = store.take(PATH);
  expect(asked).toEqual(['7']);
  const { thread, next } = introduced(store);
  thread.postMessage({ t: 'source', id: (await next()).id, source: null });
  expect(await taken).toBeNull();
});
