import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { listFiles, renameFile } from '../../shared/document/schema.ts';
import { withOwnClock } from './testing-clock.ts';
import { keep, newWorld } from './testing-runs.ts';
import { editor, newDisk, synced, textOf, type openWorld, type Synced } from './testing.ts';
import { newProgram } from './testing-program.ts';

async function runtimes(count: number, files: Record<string, string>, wire?: Parameters<typeof openWorld>[1]): Promise<Synced[]> {
  const world = newWorld(files, wire);
  const made: Synced[] = [];
  for (let index = 0; index < count; index++) made.push(keep(await synced(world, world.join(), newDisk())));
  return made;
}

const paths = ({ doc }: Synced) => listFiles(doc).map(({ path }) => path);

describe('[S17] what a program writes is a change of what it has read', () => {
  const BEFORE = 'const a=1;\n\nfunction f() {}\n\nconst z=2;\n';
  const FORMATTED = 'const a = 1;\n\nfunction f() {}\n\nconst z = 2;\n';
  const BOTH = 'const a = 1;\n\nfunction f() {}\n// typed\n\nconst z = 2;\n';

  async function typedMeanwhile(write: (program: ReturnType<typeof newProgram>) => void): Promise<Synced> {
    const [made] = (await runtimes(1, { 'a.ts': BEFORE })) as [Synced];
    const program = newProgram(made.disk);
    expect(program.read('a.ts')).toBe(BEFORE);
    const text = editor(made.doc, 'a.ts');
    text.insert(text.toString().indexOf('\n\nconst z') + 1, '// typed\n');
    // The disk has the typed line before the program writes.
    await expect.poll(() => made.read('a.ts')).toContain('typed');
    write(program);
    await expect.poll(() => textOf(made.doc, 'a.ts')).toBe(BOTH);
    await expect.poll(() => made.read('a.ts')).toBe(BOTH);
    expect(paths(made)).toEqual(['a.ts']);
    return made;
  }

  test('over the file', () => typedMeanwhile((program) => program.write('a.ts', FORMATTED)));
  test('by a new file that is renamed over it', () => typedMeanwhile((program) => {
    program.write('a.ts.tmp', FORMATTED);
    program.rename('a.ts.tmp', 'a.ts');
  }));
  test('by taking it away and making it anew', () => typedMeanwhile((program) => {
    program.remove('a.ts');
    program.write('a.ts', FORMATTED);
  }));
  test('with the old one kept under another name for a moment', () => typedMeanwhile((program) => {
    program.rename('a.ts', 'a.ts~');
    program.write('a.ts', FORMATTED);
    program.remove('a.ts~');
  }));
  test('twice, without reading it again', async () => {
    const made = await typedMeanwhile((program) => program.write('a.ts', FORMATTED));
    const program = newProgram(made.disk);
    program.read('a.ts');
    program.write('a.ts', BOTH.replace('z = 2', 'z = 3'));
    editor(made.doc, 'a.ts').insert(0, '// first\n');
    await expect.poll(() => made.read('a.ts')).toContain('first');
    program.write('a.ts', BOTH.replace('z = 2', 'z = 4'));
    await expect.poll(() => textOf(made.doc, 'a.ts')).toBe(`// first\n${BOTH.replace('z = 2', 'z = 4')}`);
  });
});

test('[S17] two programs that hold different revisions of a file, one after the other', async () => {
  const [made] = (await runtimes(1, { 'a.txt': '1\n2\n' })) as [Synced];
  const [one, two] = [newProgram(made.disk), newProgram(made.disk)];
  one.read('a.txt');
  one.write('a.txt.tmp', '1\none\n2\n');
  one.rename('a.txt.tmp', 'a.txt');
  await expect.poll(() => textOf(made.doc, 'a.txt')).toBe('1\none\n2\n');
  two.read('a.txt');
  two.truncate('a.txt').finish('two\n1\none\n2\n');
  await expect.poll(() => textOf(made.doc, 'a.txt')).toBe('two\n1\none\n2\n');
  one.write('a.txt', '1 one again\none\n2\n');
  await expect.poll(() => textOf(made.doc, 'a.txt')).toBe('two\n1 one again\none\n2\n');
});

test('[S17] a file that is renamed right after it was written is a change of what was read under its old name', async () => {
  const [made] = (await runtimes(1, { 'a.txt': '1\n2\n' })) as [Synced];
  const [writing, renaming] = [newProgram(made.disk), newProgram(made.disk)];
  writing.read('a.txt');
  editor(made.doc, 'a.txt').insert(0, 'typed\n');
  await expect.poll(() => made.read('a.txt')).toBe('typed\n1\n2\n');
  writing.write('a.txt', '1\n2\nwritten\n');
  renaming.rename('a.txt', 'b.txt');
  await expect.poll(() => textOf(made.doc, 'b.txt')).toBe('typed\n1\n2\nwritten\n');
  expect(paths(made)).toEqual(['b.txt']);
});

test('[S18] a file that a program has emptied and not written yet says nothing, and nothing is written into it', async () => {
  const [made] = (await runtimes(1, { 'a.txt': 'one\ntwo\n' })) as [Synced];
  const program = newProgram(made.disk);
  program.read('a.txt');
  const writing = program.truncate('a.txt');
  editor(made.doc, 'a.txt').insert(0, 'typed\n');
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(textOf(made.doc, 'a.txt')).toBe('typed\none\ntwo\n');
  expect(await made.read('a.txt')).toBe('');
  writing.finish('one\nTWO\n');
  await expect.poll(() => textOf(made.doc, 'a.txt')).toBe('typed\none\nTWO\n');
  await expect.poll(() => made.read('a.txt')).toBe('typed\none\nTWO\n');
});

describe('[S34] what a program writes into a file that gets another name in that moment goes into the file, and nowhere else', () => {
  test('by somebody who types there', async () => {
    const [made] = (await runtimes(1, { 'a.txt': '1\n2\n' })) as [Synced];
    const program = newProgram(made.disk);
    program.write('a.txt', `${program.read('a.txt')}3\n`);
    renameFile(made.doc, 'id-a.txt', 'b.txt');
    await expect.poll(async () => [textOf(made.doc, 'b.txt'), await made.read('b.txt'), await made.read('a.txt')]).toEqual(['1\n2\n3\n', '1\n2\n3\n', undefined]);
    await expect.poll(() => made.sync.status.getState().unsent).toBe(0);
    expect(paths(made)).toEqual(['b.txt']);
  });

  // 20 ms until the replica looks, 10 to the room: before the write is sent, while it is on its way, and when it was taken.
  test.each([0, 12, 20, 25, 35])('by others who type into it too, %d ms later', (later) => withOwnClock(1, async () => {
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const [one, two] = (await runtimes(2, { 'a.txt': '1\n2\n' }, { delay: () => 10 })) as [Synced, Synced];
    const program = newProgram(one.disk);
    program.write('a.txt', `${program.read('a.txt')}3\n`);
    await wait(later);
    editor(two.doc, 'a.txt').insert(0, '0\n');
    renameFile(two.doc, 'id-a.txt', 'b.txt');
    await wait(500);
    for (const made of [one, two]) {
      expect([paths(made), textOf(made.doc, 'b.txt')]).toEqual([['b.txt'], '0\n1\n2\n3\n']);
      expect([await made.read('a.txt'), await made.read('b.txt')]).toEqual([undefined, '0\n1\n2\n3\n']);
    }
  }));
});

describe('[S7] the same generator in two runtimes', () => {
  test('at the same time does not double its output', async () => {
    const both = (await runtimes(2, { 'list.txt': 'a\n' }, { delay: () => 20 })) as [Synced, Synced];
    for (const { disk } of both) {
      const program = newProgram(disk);
      program.write('list.txt', `${program.read('list.txt')}generated\n`);
      program.write('made/new.txt', 'new\n');
    }
    for (const made of both) {
      await expect.poll(() => [textOf(made.doc, 'list.txt'), paths(made)]).toEqual(['a\ngenerated\n', ['list.txt', 'made/new.txt']]);
      await expect.poll(() => made.sync.status.getState().unsent).toBe(0);
    }
  });

  test('of which one is cut off, with something typed in between, neither', async () => {
    const [a, b] = (await runtimes(2, { 'list.txt': 'a\n' })) as [Synced, Synced];
    b.member.cut();
    newProgram(b.disk).append('list.txt', 'generated 1\ngenerated 2\n');
    newProgram(a.disk).append('list.txt', 'generated 1\ngenerated 2\n');
    await expect.poll(() => textOf(a.doc, 'list.txt')).toBe('a\ngenerated 1\ngenerated 2\n');
    editor(a.doc, 'list.txt').insert('a\ngenerated 1\n'.length, 'typed\n');
    editor(b.doc, 'list.txt').insert(0, 'offline\n');
    await expect.poll(() => b.read('list.txt')).toBe('offline\na\ngenerated 1\ngenerated 2\n');
    expect(b.sync.status.getState().unsent).toBe(1);
    b.member.mend();
    for (const made of [a, b]) {
      await expect.poll(() => textOf(made.doc, 'list.txt')).toBe('offline\na\ngenerated 1\ntyped\ngenerated 2\n');
      await expect.poll(() => made.read('list.txt')).toBe('offline\na\ngenerated 1\ntyped\ngenerated 2\n');
    }
  });

  test('below a line at whose end somebody cut off types in that moment, neither', async () => {
    const world = newWorld({ 'list.txt': 'slot 1\nslot 2\nslot 3\n' });
    const doc = new Y.Doc();
    // Of two insertions at one place that of the lower id is first: the room's.
    doc.clientID = 0xffff_ffff;
    const [a, b] = [keep(await synced(world)), keep(await synced(world, world.join({ doc })))];
    b.member.cut();
    editor(b.doc, 'list.txt').insert('slot 1\nslot 2'.length, ' typed');
    const generate = ({ disk }: Synced) => {
      const program = newProgram(disk);
      program.write('list.txt', program.read('list.txt').replace('slot 1\n', 'slot 1\ngenerated 1\n').replace('slot 3\n', 'generated 2\nslot 3\n'));
    };
    generate(a);
    await expect.poll(() => textOf(a.doc, 'list.txt')).toBe('slot 1\ngenerated 1\nslot 2\ngenerated 2\nslot 3\n');
    generate(b);
    await expect.poll(() => b.sync.status.getState().unsent).toBe(1);
    b.member.mend();
    for (const made of [a, b]) await expect.poll(() => made.read('list.txt')).toBe('slot 1\ngenerated 1\nslot 2 typed\ngenerated 2\nslot 3\n');
    expect(textOf(b.doc, 'list.txt')).toBe('slot 1\ngenerated 1\nslot 2 typed\ngenerated 2\nslot 3\n');
  });
});
