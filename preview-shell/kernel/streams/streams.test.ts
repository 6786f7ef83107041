import { expect, test } from 'vitest';
import type { ProcessTable } from '../process/table.ts';
import { spawnRequest, testKernel } from '../process/testing.ts';
import { Fifo } from './fifo.ts';
import { createPipe } from './pipe.ts';
import type { Terminal } from './terminal.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytes = (text: string) => encoder.encode(text);
const never = new AbortController().signal;

function screen(terminal: Terminal): () => string {
  let shown = '';
  terminal.onOutput((output) => {
    shown += decoder.decode(output);
  });
  return () => shown;
}

function collect(fifo: Fifo, window?: number) {
  const seen: string[] = [];
  const reader = fifo.start({ data: (chunk) => seen.push(chunk === null ? '<end>' : decoder.decode(chunk)), error: (code) => seen.push(`<${code}>`) });
  return { seen, reader, window };
}

test('[SQ1] each byte goes to one reader, in order', async () => {
  const fifo = new Fifo();
  const first = fifo.read(2, never);
  fifo.push(bytes('abcd'), () => {});
  expect(decoder.decode(await first)).toBe('ab');
  const { seen } = collect(fifo);
  fifo.push(bytes('ef'), () => {});
  fifo.end();
  expect(seen).toEqual(['cd', 'ef', '<end>']);
});

test('[SQ2] a write above the mark completes when it has drained', async () => {
  const fifo = new Fifo({ highWater: 3 });
  let drained = 0;
  expect(fifo.push(bytes('abc'), () => drained++)).toBe(true);
  expect(fifo.push(bytes('d'), () => drained++)).toBe(false);
  const blocked = fifo.write(bytes('e'), never);
  expect(drained).toBe(0);
  await fifo.read(10, never);
  expect(drained).toBe(1);
  expect(await blocked).toBe(1);
});

test('[SQ3] ends: EOF for readers, EPIPE for writers', async () => {
  const { reader, writer } = createPipe();
  writer.writeQueued(bytes('x'), () => {});
  writer.release();
  expect(decoder.decode(await reader.read(5, null, never))).toBe('x');
  expect((await reader.read(5, null, never)).length).toBe(0);
  const other = createPipe();
  const waiting = other.writer.write(new Uint8Array(100_000), null, never);
  other.reader.release();
  await expect(waiting).rejects.toThrow(/EPIPE/);
  expect(() => other.writer.writeQueued(bytes('x'), () => {})).toThrow(/EPIPE/);
});

test('[SQ4] no more than the window until it is acknowledged', () => {
  const fifo = new Fifo({ window: 3 });
  const { seen, reader } = collect(fifo);
  fifo.push(bytes('abcdef'), () => {});
  expect(seen).toEqual(['abc']);
  reader.acknowledge(2);
  expect(seen).toEqual(['abc', 'de']);
  reader.stop();
  reader.acknowledge(9);
  expect(seen).toEqual(['abc', 'de']);
});

test('[SQ5] an interrupted read takes nothing', async () => {
  const fifo = new Fifo();
  const life = new AbortController();
  const read = fifo.read(1, life.signal);
  life.abort();
  await expect(read).rejects.toThrow(/EINTR/);
  fifo.push(bytes('a'), () => {});
  expect(fifo.length).toBe(1);
});

test('[SQ6] a stream number is not valid after its close, nor in another thread', async () => {
  const kernel = testKernel();
  const process = kernel.table.spawn(spawnRequest());
  const other = kernel.table.spawn(spawnRequest());
  const thread = process.mainThread;
  if (thread === undefined || other.mainThread === undefined) throw new Error('no thread');
  const id = await kernel.call(thread, 'stream.attach', 0);
  await expect(kernel.call(other.mainThread, 'stream.readStart', id)).rejects.toThrow(/EBADF/);
  await kernel.call(thread, 'stream.close', id);
  await expect(kernel.call(thread, 'stream.readStart', id)).rejects.toThrow(/EBADF/);
  expect(process.descriptors.has(0)).toBe(false);
});

function terminal(): { table: ProcessTable; tty: Terminal; shown: () => string } {
  const { table } = testKernel();
  const tty = table.createTerminal({ columns: 80, rows: 24 });
  return { table, tty, shown: screen(tty) };
}

const readLine = async (tty: Terminal) => decoder.decode((await tty.slave.read(100, null, never)) as Uint8Array);

test('[TT1][TT2] lines, echo and erasing', async () => {
  const { tty, shown } = terminal();
  tty.write('ab\x7fc d\x17e\r');
  expect(await readLine(tty)).toBe('ac e\n');
  expect(shown()).toBe('ab\b \bc d\b \be\r\n');
  tty.write('é漢\x7f\x7fx\x15y\n');
  expect(await readLine(tty)).toBe('y\n');
  expect(shown().slice('ab\b \bc d\b \be\r\n'.length)).toBe('é漢\b \b\b \b\b \bx\b \by\r\n');
});

test('[TT3] ^D is one end of file, or delivers the line', async () => {
  const { tty } = terminal();
  tty.write('ab\x04\x04');
  expect(await readLine(tty)).toBe('ab');
  expect(await readLine(tty)).toBe('');
  tty.write('c\n');
  expect(await readLine(tty)).toBe('c\n');
});

test('[TT4] ^C ends the foreground group; the shell gets the terminal back', async () => {
  const { table, tty, shown } = terminal();
  const shell = table.spawn(spawnRequest({ terminal: tty, newSession: true, stdio: [tty.slave, tty.slave, tty.slave] }));
  expect(tty.foreground).toBe(shell.pid);
  const job = table.spawn(spawnRequest({ parent: shell, group: 0, foreground: true, stdio: [tty.slave] }));
  tty.write('typed\x03');
  expect(await job.exited).toEqual({ code: 0, signal: 'SIGINT' });
  expect(shown()).toBe('typed^C');
  expect(shell.state).toBe('running');
  expect(tty.foreground).toBe(shell.pid);
});

test('[TT5][TT6] raw mode: bytes as they come, until its process ends', async () => {
  const kernel = testKernel();
  const tty = kernel.table.createTerminal({ columns: 80, rows: 24 });
  const shown = screen(tty);
  const process = kernel.table.spawn(spawnRequest({ terminal: tty, stdio: [tty.slave] }));
  if (process.mainThread === undefined) throw new Error('no thread');
  await kernel.call(process.mainThread, 'tty.setRaw', 0, true);
  tty.write('a\x03\r');
  expect(await readLine(tty)).toBe('a\x03\r');
  void tty.slave.write(bytes('x\ny'), null, never);
  expect(shown()).toBe('x\r\ny');
  kernel.table.end(process, { code: 0, signal: null });
  expect(tty.raw).toBe(false);
});

test('[TT7] size, and hang-up', async () => {
  const { table, tty } = terminal();
  const process = table.spawn(spawnRequest({ terminal: tty, stdio: [tty.slave] }));
  process.handled.add('SIGWINCH');
  tty.resize(100, 30);
  expect(tty.size).toEqual({ columns: 100, rows: 30 });
  expect(process.state).toBe('running');
  tty.close();
  expect(await process.exited).toEqual({ code: 0, signal: 'SIGHUP' });
  expect(() => tty.slave.write(bytes('x'), null, never)).toThrow(/EIO/);
});

test('[TT8] a background reader waits for the foreground', async () => {
  const kernel = testKernel();
  const tty = kernel.table.createTerminal({ columns: 80, rows: 24 });
  const shell = kernel.table.spawn(spawnRequest({ terminal: tty, stdio: [tty.slave] }));
  const job = kernel.table.spawn(spawnRequest({ parent: shell, group: 0, foreground: true, stdio: [tty.slave] }));
  const seen: string[] = [];
  for (const [name, process] of [['shell', shell], ['job', job]] as const) {
    if (process.mainThread === undefined) throw new Error('no thread');
    const thread = process.mainThread;
    Object.defineProperty(thread, 'emit', { value: ({ type }: { type: string }) => seen.push(`${name} ${type}`) });
    await kernel.call(thread, 'stream.readStart', await kernel.call(thread, 'stream.attach', 0));
  }
  tty.write('a\n');
  kernel.table.end(job, { code: 0, signal: null });
  tty.write('b\n');
  expect(seen).toEqual(['job data', 'shell data']);
});

test('[TT9] writers wait for the screen', async () => {
  const { table } = testKernel();
  const tty = table.createTerminal({ columns: 80, rows: 24 });
  const { promise, resolve } = Promise.withResolvers<void>();
  tty.onOutput(() => promise);
  const flood = new Uint8Array(200_000).fill(120);
  let written = false;
  const write = Promise.resolve(tty.slave.write(flood, null, never)).then(() => { written = true; });
  await Promise.resolve();
  expect(written).toBe(false);
  resolve();
  await write;
  expect(written).toBe(true);
});

test('a write tells its length also when a reader took the memory along', () => {
  const fifo = new Fifo();
  fifo.start({ data: (chunk) => void (chunk !== null && structuredClone(chunk, { transfer: [chunk.buffer as ArrayBuffer] })), error: () => {} });
  expect(fifo.write(bytes('abc'), never)).toBe(3);
});
