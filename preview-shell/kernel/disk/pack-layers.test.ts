import { describe, expect, it } from 'vitest';
import { writePack, type PackMount } from '../../../shared/pack/format.ts';
import { createDisk, fsSyscalls, type Disk } from './index.ts';
import { entriesOf, FileInode, statOf, type DirectoryInode } from './inode.ts';
import { mkdirp, rename, rmdir, unlink } from './names.ts';
import { remove } from './remove-tree.ts';
import { copyOf, readWhole, writeWhole } from './whole-files.ts';
import { DescriptorTable } from '../descriptors/table.ts';
import type { Caller } from '../syscall.ts';

const base = { cwd: '/home/project', umask: 0o022 };
const bytes = (text: string) => new TextEncoder().encode(text);
const hashOf = (n: number) => String(n).padStart(64, '0');

function addPack(disk: Disk, n: number, files: Record<string, string>): void {
  const pack = writePack({ v: 1, name: 'p', version: '1.0.0', integrity: '' }, Object.entries(files).map(([p, text]) => ({ file: { p }, data: bytes(text) })));
  const shared = new SharedArrayBuffer(pack.length);
  new Uint8Array(shared).set(pack);
  disk.packs.set(hashOf(n), shared);
}

const mountOf = (path: string, n: number, bin?: Record<string, string>): PackMount =>
  ({ path: `node_modules/${path}`, pack: hashOf(n), name: path, version: '1.0.0', bytes: 0, ...(bin === undefined ? {} : { bin }) });

function setUp(): Disk {
  const disk = createDisk();
  mkdirp(disk, '/home/project', 0o755, { cwd: '/', umask: 0 });
  for (const n of [1, 2, 3]) addPack(disk, n, { 'package.json': `{"v":${n}}`, 'lib/a.js': `a${n} ${'x'.repeat(400)}`, 'lib/b.js': `b${n}`, 'cli.js': '#!/usr/bin/env node\n' });
  return disk;
}

const read = (disk: Disk, path: string) => {
  const inode = disk.lookup(path, base);
  return inode instanceof FileInode ? new TextDecoder().decode(copyOf(inode)).trim() : undefined;
};
const write = (disk: Disk, path: string, text: string) => void writeWhole(disk, path, bytes(text), 0o1101, 0o666, base);
const names = (disk: Disk, path: string) => disk.list(path, base).map(([name]) => name);
const ino = (disk: Disk, path: string) => disk.lookup(path, base).ino;

describe('packs', () => {
  it('[DK-M1] reads a pack when somebody looks inside', () => {
    const disk = setUp();
    disk.layers.mount('/home/project', [mountOf('p', 1)]);
    const root = disk.lookup('node_modules/p', base) as DirectoryInode;
    expect(root.entries.size).toBe(0);
    expect([...entriesOf(root).keys()]).toEqual(['package.json', 'lib', 'cli.js']);
  });

  it('[DK-M2] lets what is written win', () => {
    const disk = setUp();
    disk.layers.mount('/home/project', [mountOf('p', 1)]);
    const number = ino(disk, 'node_modules/p/lib/a.js');
    write(disk, 'node_modules/p/lib/a.js', 'mine');
    unlink(disk, 'node_modules/p/lib/b.js', base);
    write(disk, 'node_modules/p/lib/c.js', 'new');
    expect(read(disk, 'node_modules/p/lib/a.js')).toBe('mine');
    expect(ino(disk, 'node_modules/p/lib/a.js')).toBe(number);
    expect(names(disk, 'node_modules/p/lib')).toEqual(['a.js', 'c.js']);
    expect(new TextDecoder().decode(new Uint8Array(disk.packs.get(hashOf(1)) as SharedArrayBuffer).slice())).toContain('a1 x');
  });

  it('[DK-M3] gives numbers that are unique and do not depend on who looks first', () => {
    const numbers = ['p', 'q'].map((first) => {
      const disk = setUp();
      disk.layers.mount('/home/project', [mountOf('p', 1), mountOf('q', 1)]);
      names(disk, `node_modules/${first}`);
      return ['p', 'q'].flatMap((one) => ['package.json', 'lib', 'lib/a.js', 'lib/b.js'].map((file) => ino(disk, `node_modules/${one}/${file}`)));
    });
    expect(numbers[0]).toEqual(numbers[1]);
    expect(new Set(numbers[0]).size).toBe(8);
  });

  it('[DK-M4] replaces mounts, keeps those that stay and what is beside them', () => {
    const disk = setUp();
    disk.layers.mount('/home/project', [mountOf('p', 1), mountOf('p/node_modules/q', 2), mountOf('r', 2), mountOf('@s/t', 3)]);
    write(disk, 'node_modules/.vite', 'cache');
    write(disk, 'node_modules/p/own', 'goes');
    write(disk, 'node_modules/r/own', 'stays');
    write(disk, 'node_modules/p/node_modules/q/own', 'stays');
    const number = ino(disk, 'node_modules/r/lib/a.js');
    disk.layers.mount('/home/project', [mountOf('p', 3), mountOf('p/node_modules/q', 2), mountOf('r', 2)]);
    expect(names(disk, 'node_modules')).toEqual(['.vite', 'p', 'r']);
    expect(read(disk, 'node_modules/p/package.json')).toBe('{"v":3}');
    expect(names(disk, 'node_modules/p')).toEqual(['cli.js', 'lib', 'node_modules', 'package.json']);
    expect(read(disk, 'node_modules/r/own')).toBe('stays');
    expect(read(disk, 'node_modules/p/node_modules/q/own')).toBe('stays');
    expect(ino(disk, 'node_modules/r/lib/a.js')).toBe(number);
    expect(disk.layers.table).toHaveLength(3);
    remove(disk, 'node_modules', { recursive: true, force: false }, base);
    expect(disk.layers.table).toEqual([]);
  });

  it('[DK-M5] links commands as npm does', () => {
    const disk = setUp();
    disk.layers.mount('/home/project', [mountOf('@s/p', 1, { cmd: './cli.js' }), mountOf('@s/p/node_modules/q', 2, { inner: 'cli.js' })]);
    expect(disk.readlink('node_modules/.bin/cmd', base)).toBe('../@s/p/cli.js');
    expect(disk.readlink('node_modules/@s/p/node_modules/.bin/inner', base)).toBe('../q/cli.js');
    expect((statOf(disk.lookup('node_modules/.bin/cmd', base))[1] ?? 0) & 0o111).toBe(0o111);
    disk.layers.mount('/home/project', []);
    expect(names(disk, 'node_modules/.bin')).toEqual([]);
  });

  it('[DK-M2] moves packed files and packages as any others', () => {
    const disk = setUp();
    disk.layers.mount('/home/project', [mountOf('p', 1)]);
    rename(disk, 'node_modules/p/lib', 'lib', base);
    expect(read(disk, 'lib/b.js')).toBe('b1');
    expect(() => rmdir(disk, 'node_modules/p/lib', base)).toThrow(/ENOENT/);
    rename(disk, 'node_modules/p', 'node_modules/old', base);
    expect(disk.layers.table).toEqual([]);
    expect(read(disk, 'node_modules/old/package.json')).toBe('{"v":1}');
  });

  it('[DK-M6] waits for a pack that is on its way', async () => {
    const disk = setUp();
    disk.layers.mount('/home/project', [mountOf('p', 9)]);
    disk.layers.load = async () => addPack(disk, 9, { 'index.js': 'came' });
    const call = fsSyscalls(disk)['fs.readdir'];
    const caller = { threadId: 1, process: { pid: 1, descriptors: new DescriptorTable(), cwd: '/home/project', umask: 0 }, signal: new AbortController().signal, emit() {} } as unknown as Caller;
    expect(await call?.(caller, ['node_modules/p'])).toEqual(['index.js', 1]);
  });

  it('[DK-M7] answers reads with a place in the pack', () => {
    const disk = setUp();
    disk.layers.mount('/home/project', [mountOf('p', 1)]);
    const place = readWhole(disk, 'node_modules/p/lib/a.js', 0, base);
    expect(place).toMatchObject({ pack: hashOf(1), length: 403 });
    if (!('pack' in place)) throw new Error('not a place');
    expect(new TextDecoder().decode(disk.packBytes(place.pack, place.offset, 2).slice())).toBe('a1');
  });
});
