import { expect, test } from 'vitest';
import { MAX_CHUNK } from '../../shared/protocol/broker-constants.ts';
import { PacedOutput } from './output.ts';

function streamOf(...chunks: string[]): ReadableStream<string> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('sends no more than it was granted, and all of it in the end', async () => {
  const sent: string[] = [];
  const output = new PacedOutput(streamOf('abcdef', 'gh'), 4, (data) => sent.push(data));
  const done = output.run();
  await settle();
  expect(sent.join('')).toBe('abcd');
  output.grant(1);
  await settle();
  expect(sent.join('')).toBe('abcde');
  output.grant(100);
  await done;
  expect(sent.join('')).toBe('abcdefgh');
});

test('cuts long output into messages of bounded length', async () => {
  const sent: string[] = [];
  await new PacedOutput(streamOf('x'.repeat(MAX_CHUNK * 2 + 1)), Infinity, (data) => sent.push(data)).run();
  expect(sent.map((chunk) => chunk.length)).toEqual([MAX_CHUNK, MAX_CHUNK, 1]);
});

test('stop ends a reader that waits for credit', async () => {
  const sent: string[] = [];
  const output = new PacedOutput(streamOf('abc'), 0, (data) => sent.push(data));
  const done = output.run();
  await output.stop();
  await done;
  expect(sent).toEqual([]);
});
