import { expect, test } from 'vitest';
import { withOwnClock } from '../../../app/sync/testing-clock.ts';
import { newProgram } from '../../../app/sync/testing-program.ts';
import { newDisk, ROOT } from '../../../app/sync/testing.ts';
import type { FromReplica, ToReplica } from '../../../shared/protocol/replica.ts';
import { hashOf } from './content.ts';
import { Replica } from './replica.ts';

const hash = (text: string): string => hashOf(new TextEncoder().encode(text));

/** On the test's own clock. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 1000) throw new Error(`It does not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** A replica of a disk that has `a.txt`, after others, as both sides know it. */
async function started() {
  const disk = newDisk();
  const program = newProgram(disk);
  for (const path of ['1.txt', '2.txt', '3.txt', 'a.txt']) program.write(path, '1\n');
  const told: FromReplica[] = [];
  const replica = await Replica.open(disk, ROOT, (message) => told.push(message));
  const send = (message: ToReplica): void => replica.receive(JSON.stringify(message));
  const answered = (id: number): Promise<void> => until(`answer ${id}`, () => told.some((message) => 'id' in message && message.id === id));
  send({ t: 'hello', v: 2 });
  await until('welcome', () => told.length > 0);
  send({ t: 'taken', path: 'a.txt', hash: hash('1\n') });
  send({ t: 'watch' });
  return { disk, program, told, send, answered, close: () => replica.close() };
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
};

const REQUESTS: [string, ToReplica][] = [
  ['a write', { t: 'put', id: 1, path: 'a.txt', base: hash('1\n'), hash: hash('2\n'), content: { text: '2\n' } }],
  ['a removal', { t: 'remove', id: 1, path: 'a.txt', base: hash('1\n') }],
];

// Each turn between the page's message and the answer: a program may come in any of them.
test.each(REQUESTS)('[S33] what a program leaves while a change of the page is under way is told: %s', async (_name, request) => {
  for (const how of ['over', 'replace'] as const) {
    for (let count = 0; count < 24; count++) expect(await withOwnClock(count, () => leave(request, how, count)), `${how}, turn ${count}`).toContain(hash('1\nprogram\n'));
  }
});

/** @returns what the page is told of */
async function leave(request: ToReplica, how: 'over' | 'replace', count: number): Promise<string[]> {
  const { program, told, send, answered, close } = await started();
  program.read('a.txt');
  send(request);
  await turns(count);
  write(program, how, 'a.txt', '1\nprogram\n');
  await answered(1);
  // What is left is told within 20 ms.
  await new Promise((resolve) => setTimeout(resolve, 100));
  close();
  return told.flatMap((message) => (message.t === 'changed' ? [message.hash] : []));
}

const WAYS = ['over', 'replace'] as const;

/** The page learns of it in the end, and of nothing older after it. */
test.each(WAYS)('[S35] what a program leaves while the page is told what the disk has is told: %s', async (how) => {
  for (let count = 0; count < 40; count++) {
    const last = await withOwnClock(count, async () => {
      const disk = newDisk();
      const program = newProgram(disk);
      for (const path of ['a.txt', 'b.txt', 'c.txt']) program.write(path, `${path}\n`);
      const told: FromReplica[] = [];
      const replica = await Replica.open(disk, ROOT, (message) => told.push(message));
      replica.receive(JSON.stringify({ t: 'hello', v: 2 }));
      await turns(count);
      write(program, how, 'a.txt', 'program\n');
      replica.receive(JSON.stringify({ t: 'watch' }));
      await new Promise((resolve) => setTimeout(resolve, 200));
      replica.close();
      return lastHash(told, 'a.txt');
    });
    expect(last, `turn ${count}`).toBe(hash('program\n'));
  }
});

test.each(WAYS)('[S35] what a program leaves while another change is told is told after it: %s', async (how) => {
  for (let count = 0; count < 40; count++) {
    const { last, revisions } = await withOwnClock(count, async () => {
      const { disk, program, told, send, answered, close } = await started();
      const second = newProgram(disk);
      for (const path of ['1.txt', '2.txt', '3.txt']) program.write(path, 'other\n');
      program.append('a.txt', 'x\n');
      // It is not as the page says: all that programs have left is told before the answer.
      send({ t: 'remove', id: 1, path: '1.txt', base: hash('none') });
      await turns(count);
      second.read('a.txt');
      write(second, how, 'a.txt', '1\nx\nprogram\n');
      await answered(1);
      await new Promise((resolve) => setTimeout(resolve, 200));
      close();
      return { last: lastHash(told, 'a.txt'), revisions: told.flatMap((message) => (message.t === 'changed' && message.hash === hash('1\nx\nprogram\n') ? [message.revision] : [])) };
    });
    expect([last, revisions], `turn ${count}`).toEqual([hash('1\nx\nprogram\n'), [hash('1\nx\n')]]);
  }
});

function write(program: ReturnType<typeof newProgram>, how: (typeof WAYS)[number], path: string, text: string): void {
  if (how === 'over') return program.write(path, text);
  program.write(`${path}.tmp`, text);
  program.rename(`${path}.tmp`, path);
}

const lastHash = (told: readonly FromReplica[], path: string): string | undefined =>
  told.flatMap((message): { path: string; hash: string }[] => (message.t === 'welcome' ? message.files : message.t === 'changed' ? [message] : [])).findLast((found) => found.path === path)?.hash;
