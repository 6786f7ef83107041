import { expect, test } from 'vitest';
import type { HostLink, HostUse } from '../host-link/links.ts';
import { createResourceUse } from './use.ts';

function fleet() {
  let time = 0;
  const asked: PromiseWithResolvers<HostUse>[] = [];
  const listeners: ((id: string, link: HostLink | undefined) => void)[] = [];
  const newLink = () => ({ kind: 'person', use: () => (asked.push(Promise.withResolvers<HostUse>()), asked.at(-1)?.promise) }) as unknown as HostLink;
  const at = { link: newLink() as HostLink | undefined };
  const use = createResourceUse({ of: () => at.link, onChange: (listener) => (listeners.push(listener), () => undefined) }, () => time);
  const answer = async (busyMs: number) => {
    asked.at(-1)?.resolve({ processes: [{ pid: 2, ppid: 1, command: 'vite', threads: 3, busyMs }, { pid: 3, ppid: 2, command: 'esbuild', threads: 1, busyMs: 0 }], busyMs, packBytes: 2048 });
    await new Promise(setImmediate);
  };
  return { use, at, asked, answer, newLink, pass: (ms: number) => (time += ms), changed: () => { for (const listener of listeners) listener('a', at.link); } };
}

test('[M7] the share of a processor is what was busy between two looks; nothing is waited for, and one host is asked every two seconds at most', async () => {
  const { use, asked, answer, pass } = fleet();
  expect(use.of('a')).toBeUndefined();
  await answer(1000);
  expect(use.of('a')).toEqual({ host: 'person', processes: 2, threads: 4, busy: undefined, packBytes: 2048 });
  expect(asked).toHaveLength(1);
  pass(4000);
  use.of('a');
  await answer(3000);
  expect(use.of('a')?.busy).toBe(0.5);
});
test('[M7] another host begins anew, and what counts backwards is nothing', async () => {
  const { use, at, answer, newLink, pass, changed } = fleet();
  use.of('a');
  await answer(1000);
  pass(2000);
  use.of('a');
  await answer(500);
  expect(use.of('a')?.busy).toBe(0);
  at.link = newLink();
  changed();
  expect(use.of('a')).toBeUndefined();
  at.link = undefined;
  expect(use.of('a')).toBeUndefined();
});
