import { describe, expect, it } from 'vitest';
import { writePack, type PackMount } from '../../../../shared/pack/format.ts';
import { chmod } from '../attributes.ts';
import { attachStorage, createDisk, type Disk } from '../index.ts';
import { mkdirp, rename, unlink } from '../names.ts';
import { remove } from '../remove-tree.ts';
import { copyOf, writeWhole } from '../whole-files.ts';
import { FileInode, entriesOf, DirectoryInode, SymlinkInode, statOf } from '../inode.ts';
import { LogBackend } from './log-backend.ts';
import { MemoryFolder } from './memory-folder.test-support.ts';

const base = { cwd: '/home/project', umask: 0o022 };
const CREATE = 0o1101;
const APPEND = 0o2101;
const bytes = (text: string) => new TextEncoder().encode(text);
const write = (disk: Disk, path: string, text: string | Uint8Array, flags = CREATE): void => {
  void writeWhole(disk, path, typeof text === 'string' ? bytes(text) : text, flags, 0o666, base);
};

/** Everything below a directory, as text. */
function picture(disk: Disk, path = '/home'): Record<string, string> {
  const seen: Record<string, string> = {};
  const visit = (directory: DirectoryInode, at: string): void => {
    for (const [name, inode] of entriesOf(directory)) {
      const what = inode instanceof FileInode ? `file ${inode.permissions.toString(8)} ${new TextDecoder().decode(copyOf(inode)).slice(0, 80)} ${inode.content.size}`
        : inode instanceof SymlinkInode ? `link ${inode.target}` : `directory ${inode.permissions.toString(8)}`;
      seen[`${at}/${name}`] = `${what} #${inode.ino} ${statOf(inode)[12]}`;
      if (inode instanceof DirectoryInode) visit(inode, `${at}/${name}`);
    }
  };
  visit(disk.lookupDirectory(path, base), path);
  return seen;
}

async function open(folder: MemoryFolder, segmentBytes?: number) {
  const disk = createDisk();
  const storage = await attachStorage(disk, 'test', { backend: new LogBackend(folder, segmentBytes) });
  if (!storage.restored) mkdirp(disk, '/home/project', 0o755, { cwd: '/', umask: 0 });
  return { disk, storage };
}

const pack = writePack({ v: 1, name: 'p', version: '1.0.0', integrity: '' }, [
  { file: { p: 'package.json' }, data: bytes('{"name":"p"}') },
  { file: { p: 'lib/a.js' }, data: bytes('a') },
  { file: { p: 'lib/b.js' }, data: bytes('b') },
  { file: { p: 'bin/p.js' }, data: bytes('#!/usr/bin/env node') },
]);
const mountOf = (path: string, hash = '0'.repeat(64)): PackMount => ({ path, pack: hash, name: 'p', version: '1.0.0', bytes: pack.length, bin: { p: 'bin/p.js' } });

function addPack(disk: Disk, hash = '0'.repeat(64)): void {
  const shared = new SharedArrayBuffer(pack.length);
  new Uint8Array(shared).set(pack);
  disk.packs.set(hash, shared);
}

describe('storage', () => {
  it('[DK-P1] has everything again, with numbers, modes and times', async () => {
    const folder = new MemoryFolder();
    const { disk, storage } = await open(folder);
    write(disk, 'a.txt', 'one');
    mkdirp(disk, 'src/deep', 0o755, base);
    write(disk, 'src/deep/b.txt', 'two');
    write(disk, 'a.txt', ' and more', APPEND);
    chmod(disk, disk.lookup('a.txt', base), 0o600);
    rename(disk, 'src/deep', 'moved', base);
    write(disk, 'gone', 'x');
    unlink(disk, 'gone', base);
    await storage.journal.flush();
    const again = await open(folder.copy());
    expect(picture(again.disk)).toEqual(picture(disk));
    expect(Object.keys(picture(disk))).toContain('/home/project/moved/b.txt');
  });

  it('[DK-P2] forgets /tmp, and keeps what is moved out of it', async () => {
    const folder = new MemoryFolder();
    const { disk, storage } = await open(folder);
    mkdirp(disk, '/tmp/build/x', 0o755, base);
    write(disk, '/tmp/build/x/f', 'built');
    await storage.journal.flush();
    rename(disk, '/tmp/build', 'dist', base);
    write(disk, '/tmp/left', 'left');
    await storage.journal.flush();
    const again = await open(folder.copy());
    expect(picture(again.disk)).toEqual(picture(disk));
    expect(picture(again.disk, '/tmp')).toEqual({});
  });

  it('[DK-P3] loses only the batch that was cut off', async () => {
    const folder = new MemoryFolder();
    const { disk, storage } = await open(folder);
    write(disk, 'a', '1');
    await storage.journal.flush();
    const before = picture(disk);
    write(disk, 'b', '2');
    await storage.journal.flush();
    const whole = folder.files.get('journal-1') as Uint8Array<ArrayBuffer>;
    for (const cut of [1, 5, 40]) {
      const crashed = folder.copy();
      crashed.files.set('journal-1', whole.slice(0, whole.length - cut));
      const again = await open(crashed);
      const after = picture(again.disk);
      expect(after['/home/project/a']).toBe(before['/home/project/a']);
      expect(after['/home/project/b']).toBeUndefined();
      write(again.disk, 'c', '3');
      await again.storage.journal.flush();
      expect(picture((await open(crashed.copy())).disk)).toEqual(picture(again.disk));
    }
  });

  it('[DK-P4] compaction keeps everything and lets go of the rest', async () => {
    const folder = new MemoryFolder();
    const { disk, storage } = await open(folder);
    for (let i = 0; i < 200; i++) {
      write(disk, 'log', `line ${i}\n`, APPEND);
      if (i % 20 === 0) await storage.journal.flush();
    }
    write(disk, 'big', new Uint8Array(700_000).fill(65));
    await storage.journal.flush();
    const before = folder.files.get('journal-1')?.length ?? 0;
    await storage.journal.compact();
    expect([...folder.files.keys()]).not.toContain('journal-1');
    expect(folder.files.get('journal-2')?.length).toBeLessThan(before);
    expect(picture((await open(folder.copy())).disk)).toEqual(picture(disk));
  });

  it('[DK-P5] says ENOSPC to writers while storage is full, and goes on when there is room', async () => {
    const folder = new MemoryFolder();
    const { disk, storage } = await open(folder);
    await storage.journal.flush();
    folder.limit = 2000;
    write(disk, 'big', new Uint8Array(100_000));
    await expect(storage.journal.flush()).rejects.toThrow(/ENOSPC/);
    expect(() => write(disk, 'more', 'x')).toThrow(/ENOSPC/);
    folder.limit = Infinity;
    await storage.journal.flush();
    write(disk, 'more', 'x');
    await storage.journal.flush();
    expect(picture((await open(folder.copy())).disk)).toEqual(picture(disk));
  });

  it('[DK-P6] keeps mounts, changes to packed files and removals from packs', async () => {
    const folder = new MemoryFolder();
    const { disk, storage } = await open(folder);
    addPack(disk);
    disk.layers.mount('/home/project', [mountOf('node_modules/p'), mountOf('node_modules/p/node_modules/q')]);
    write(disk, 'node_modules/p/lib/a.js', 'changed');
    unlink(disk, 'node_modules/p/lib/b.js', base);
    write(disk, 'node_modules/p/lib/new.js', 'new');
    rename(disk, 'node_modules/p/package.json', 'pkg.json', base);
    write(disk, 'node_modules/.vite', 'cache');
    await storage.journal.flush();
    const before = picture(disk);
    for (const compact of [false, true]) {
      if (compact) await storage.journal.compact();
      const again = await open(folder.copy());
      again.disk.layers.load = async () => addPack(again.disk);
      expect(() => picture(again.disk)).toThrow(/Not loaded/);
      addPack(again.disk);
      expect(picture(again.disk)).toEqual(before);
      if (compact) continue;
      // Looked at or not, the next start has the same.
      await again.storage.journal.compact();
    }
  });

  it('[DK-P7] compaction with packs that nobody has looked into keeps their changes', async () => {
    const folder = new MemoryFolder();
    const { disk, storage } = await open(folder);
    addPack(disk);
    disk.layers.mount('/home/project', [mountOf('node_modules/p')]);
    write(disk, 'node_modules/p/lib/a.js', 'changed');
    remove(disk, 'node_modules/p/bin', { recursive: true, force: false }, base);
    await storage.journal.flush();
    const again = await open(folder);
    await again.storage.journal.compact();
    const third = await open(folder.copy());
    addPack(third.disk);
    expect(picture(third.disk)).toEqual(picture(disk));
  });

  it('[DK-P4] moves blocks that nobody has read yet out of segments that are mostly dead', async () => {
    const folder = new MemoryFolder();
    const { disk, storage } = await open(folder, 2000);
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 8; i++) if (round === 0 || i % 3 !== 0) write(disk, `f${i}`, `${round} ${i} ${'x'.repeat(400)}`);
      await storage.journal.flush();
    }
    const before = picture(disk);
    const sizes = () => [...folder.files].filter(([name]) => name.startsWith('segment')).reduce((sum, [, { length }]) => sum + length, 0);
    const full = sizes();
    const again = await open(folder, 2000);
    const held = again.disk.open('f1', 0, 0, base);
    unlink(again.disk, 'f1', base);
    await again.storage.journal.flush();
    await again.storage.journal.compact();
    expect(sizes()).toBeLessThan(full / 2);
    const { ['/home/project/f1']: gone, ...rest } = before;
    expect(gone).toBeDefined();
    expect(picture(again.disk)).toEqual(rest);
    expect(new TextDecoder().decode(held.read(5, 0, new AbortController().signal) as Uint8Array)).toBe('5 1 x');
    expect(picture((await open(folder.copy(), 2000)).disk)).toEqual(rest);
  });

  it('[DK-P3] is whole after a crash anywhere in any file', async () => {
    const folder = new MemoryFolder();
    const { disk, storage } = await open(folder, 2000);
    const states = [JSON.stringify(picture(disk))];
    const crashes: MemoryFolder[] = [];
    for (let i = 0; i < 12; i++) {
      write(disk, `f${i % 4}`, `${i} ${'y'.repeat(300 * i)}`);
      if (i % 3 === 2) unlink(disk, `f${i % 4}`, base);
      await storage.journal.flush();
      if (i === 6) await storage.journal.compact();
      states.push(JSON.stringify(picture(disk)));
      for (const [name, bytes] of folder.files) {
        const crash = folder.copy();
        crash.files.set(name, bytes.slice(0, Math.max(0, bytes.length - 1 - i * 7)));
        if (name.startsWith('journal')) crashes.push(crash);
      }
    }
    for (const crash of crashes) {
      const again = await open(crash, 2000).catch((error: unknown) => { throw new Error(`no start: ${String(error)}`); });
      const now = again.disk.find('/home/project', base) === undefined ? states[0] : JSON.stringify(picture(again.disk));
      // Names, modes and contents; times are those of whichever batch came last.
      expect(states.map(namesOf)).toContain(namesOf(now ?? ''));
    }
  });
});

const namesOf = (state: string) => JSON.stringify(Object.entries(JSON.parse(state) as Record<string, string>).map(([path, what]) => [path, what.split('#')[0]]));
