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

/** A replica of a disk that has `a.txt`, as both sides know it. */
async function started() {
  const disk = newDisk();
  const program = newProgram(disk);
  program.write('a.txt', '1\n');
  const told: FromReplica[] = [];
  const replica = await Replica.open(disk, ROOT, (message) => told.push(message));
  const send = (message: ToReplica): void => replica.receive(JSON.stringify(message));
  const answered = (id: number): Promise<void> => until(`answer ${id}`, () => told.some((message) => 'id' in message && message.id === id));
  send({ t: 'hello', v: 2 });
  await until('welcome', () => told.length > 0);
  send({ t: 'taken', path: 'a.txt', hash: hash('1\n') });
  send({ t: 'watch' });
  return { program, told, send, answered, close: () => replica.close() };
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
  if (how === 'over') program.write('a.txt', '1\nprogram\n');
  else {
    program.write('a.txt.tmp', '1\nprogram\n');
    program.rename('a.txt.tmp', 'a.txt');
  }
  await answered(1);
  // What is left is told within 20 ms.
  await new Promise((resolve) => setTimeout(resolve, 100));
  close();
  return told.flatMap((message) => (message.t === 'changed' ? [message.hash] : []));
}
