import { expect, test } from 'vitest';
import type { Value } from '../../abi/codec.ts';
import type { Caller } from '../syscall.ts';
import { mailboxSyscalls } from './mailboxes.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const caller = (): Caller => ({ process: {} }) as unknown as Caller;

function boxes(of: Caller, calls = mailboxSyscalls()) {
  const call = (name: string, ...args: Value[]): Value | void => calls[name]?.(of, args) as Value | void;
  return { calls, put: (side: number, sequence: number, text: string, last = true) => call('mailbox.put', 'c', side, sequence, bytes(text), last), take: (side: number, sequence: number) => call('mailbox.take', 'c', side, sequence), drop: () => call('mailbox.drop', 'c') };
}

test('a message is taken once, by its number, from its side', () => {
  const box = boxes(caller());
  box.put(0, 1, 'a');
  box.put(0, 2, 'b');
  expect(box.take(1, 1)).toBeNull();
  expect(box.take(0, 1)).toEqual([bytes('a'), true]);
  expect(box.take(0, 1)).toBeNull();
  expect(box.take(0, 3)).toBeNull();
  expect(box.take(0, 2)).toBeNull();
});

test('a long message comes in pieces, and not before its last', () => {
  const box = boxes(caller());
  box.put(0, 1, 'a', false);
  expect(box.take(0, 1)).toBeNull();
  box.put(0, 1, 'b');
  expect([box.take(0, 1), box.take(0, 1)]).toEqual([[bytes('a'), false], [bytes('b'), true]]);
});

test('another process sees nothing of it, and a closed channel is empty', () => {
  const box = boxes(caller());
  box.put(0, 1, 'a');
  expect(boxes(caller(), box.calls).take(0, 1)).toBeNull();
  box.drop();
  expect(box.take(0, 1)).toBeNull();
});
