import { encode } from '@msgpack/msgpack';
import { unzipSync } from 'fflate';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDisk, PublicFileSystem, type Disk } from './index.ts';
import { mkdirp } from './names.ts';

let disk: Disk;
let api: PublicFileSystem;
const text = (value: string) => new TextEncoder().encode(value);
const parse = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

beforeEach(() => {
  disk = createDisk();
  mkdirp(disk, '/home/project', 0o755, { cwd: '/', umask: 0 });
  api = new PublicFileSystem(disk, '/home/project');
});

describe('the public file API', () => {
  it('[DK-A1] says what went wrong as Node does', async () => {
    await expect(api.readFile('x')).rejects.toThrow("ENOENT: no such file or directory, open 'x'");
    await expect(api.readdir('x')).rejects.toThrow("ENOENT: no such file or directory, scandir 'x'");
    await api.mkdir('d');
    await expect(api.mkdir('d')).rejects.toThrow("EEXIST: file already exists, mkdir 'd'");
    await expect(api.rename('no', 'other')).rejects.toThrow("ENOENT: no such file or directory, rename 'no' -> 'other'");
    await expect(api.readFile('d')).rejects.toThrow(/EISDIR/);
    await expect(api.readFile('a\0b')).rejects.toThrow(/EINVAL/);
  });

  it('[DK-A2] keeps paths inside the working directory', async () => {
    await api.writeFile('/a.txt', 'one');
    expect(await api.readFile('../../a.txt', 'utf-8')).toBe('one');
    expect(await api.readdir('/')).toEqual(['a.txt']);
  });

  it('[DK-A3] lists names, bytes or entries with types', async () => {
    await api.loadFiles(text(JSON.stringify({ d: { b: { d: {} }, a: { f: { c: 'x' } }, l: { f: { l: 'a' } } } })));
    expect(await api.readdir('.')).toEqual(['a', 'b', 'l']);
    expect(await api.readdir('.', { withFileTypes: true })).toEqual([
      { name: 'a', 'Symbol(type)': 1 }, { name: 'b', 'Symbol(type)': 2 }, { name: 'l', 'Symbol(type)': 3 },
    ]);
    expect(await api.readdir('.', 'buffer')).toEqual([text('a'), text('b'), text('l')]);
    expect(await api.readFile('l', 'utf8')).toBe('x');
  });

  it('[DK-A4] mounts JSON and snapshots, and gives them back', async () => {
    const bytes = Uint8Array.of(0, 255, 128);
    await api.loadFiles(encode({ d: { 'bin.dat': { f: { c: bytes } }, src: { d: { 'a.ts': { f: { c: text('let a') } } } } } }));
    expect(await api.readFile('bin.dat')).toEqual(bytes);
    expect(parse(await api.serialize('.'))).toEqual({
      d: { 'bin.dat': { f: { c: '\u0000ÿ\u0080', b: true } }, src: { d: { 'a.ts': { f: { c: 'let a' } } } } },
    });
    const again = new PublicFileSystem(disk, '/home/project');
    await again.mkdir('copy');
    await again.loadFiles(await api.serialize('src', { format: 'binary' }), { mountPoints: 'copy' });
    expect(await api.readFile('copy/a.ts', 'utf8')).toBe('let a');
    expect(Object.keys(unzipSync(await api.serialize('.', { format: 'zip' })))).toEqual(['bin.dat', 'src/a.ts', 'copy/a.ts']);
    await expect(api.loadFiles(text('{}'), { mountPoints: 'copy' }).catch((error: unknown) => Promise.reject(error))).rejects.toThrow(TypeError);
    await expect(api.loadFiles(text('{"d":{}}'), { mountPoints: 'none' })).rejects.toThrow(/ENOENT/);
  });

  it('[DK-A5] leaves out what is excluded but for what is included', async () => {
    await api.loadFiles(text(JSON.stringify({ d: { a: { f: { c: '' } }, node_modules: { d: { x: { d: { f: { f: { c: '1' } } } }, y: { d: { f: { f: { c: '2' } } } } } } } })));
    const all = await api.serialize('.', { excludes: ['node_modules'], includes: ['node_modules/x/**'] });
    expect(parse(all)).toEqual({ d: { a: { f: { c: '' } }, node_modules: { d: { x: { d: { f: { f: { c: '1' } } } } } } } });
  });

  it('[DK-W1] tells of changes below, once in a row', async () => {
    await api.mkdir('src/deep', { recursive: true });
    const seen: string[] = [];
    const watcher = await api.watch('.', { recursive: true }, (event, name) => seen.push(`${event} ${String(name)}`));
    await api.writeFile('src/deep/a', 'x');
    await api.writeFile('src/deep/a', 'y');
    await api.rename('src/deep/a', 'b');
    await api.rm('b');
    watcher.close();
    await api.writeFile('c', 'x');
    expect(seen).toEqual(['rename src/deep/a', 'change src/deep/a', 'change src/deep/a', 'rename src/deep/a', 'rename b', 'rename b']);
  });
});
