import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { applyEdits, awaitEdits } from '../../shared/module-code/awaits/edits.ts';
import { unpackModule, type CodeFacts } from '../../shared/module-code/facts.ts';
import { lexModule } from '../../shared/module-code/lex.ts';
import { parsePack } from '../../shared/pack/format.ts';
import { buildPackage } from './pack-build.ts';
import { unpackTarball } from './pack-content.ts';

const LIMITS = { unpackedBytes: 1 << 20, files: 50 };
type Entry = { name: string; type?: 'file' | 'symlink' | 'link' | 'character-device' | 'block-device' | 'fifo' | 'directory'; body?: string | Buffer; linkname?: string; pax?: Record<string, string>; mode?: number };

async function tarballOf(entries: Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { body = '', ...header } of entries) pack.entry(header.type === undefined || header.type === 'file' ? { ...header } : { ...header, size: 0 }, header.type === undefined || header.type === 'file' ? body : '');
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

const manifest: Entry = { name: 'package/package.json', body: '{"name":"p","version":"1.0.0"}' };
const HOSTILE: Record<string, Entry[]> = {
  'an absolute path': [manifest, { name: '/etc/passwd', body: 'x' }],
  'a path with ..': [manifest, { name: 'package/../../x', body: 'x' }],
  'a Windows path': [manifest, { name: 'package\\..\\x', body: 'x' }],
  'a drive': [manifest, { name: 'c:/x', body: 'x' }],
  'a symbolic link': [manifest, { name: 'package/x', type: 'symlink', linkname: '/etc/passwd' }],
  'a hard link': [manifest, { name: 'package/x', type: 'link', linkname: 'package/package.json' }],
  'a character device': [manifest, { name: 'package/x', type: 'character-device' }],
  'a block device': [manifest, { name: 'package/x', type: 'block-device' }],
  'a fifo': [manifest, { name: 'package/x', type: 'fifo' }],
  'a NUL in a name': [manifest, { name: 'package/x', pax: { path: 'package/a\0b' }, body: 'x' }],
  'names that differ in case': [manifest, { name: 'package/a.js', body: 'x' }, { name: 'package/A.js', body: 'y' }],
  'a file that is a folder': [manifest, { name: 'package/a', body: 'x' }, { name: 'package/a/b', body: 'y' }],
  'a file beside the package': [manifest, { name: 'x', body: 'x' }],
};

describe('tarballs', () => {
  test.each(Object.entries(HOSTILE))('[PK-T2] %s is refused whole', async (_, entries) => {
    await expect(unpackTarball(await tarballOf(entries), LIMITS)).rejects.toMatchObject({ code: 'E-TERRARIUM-2156' });
  });

  test.each([Buffer.from('no archive'), gzipSync(Buffer.alloc(3000, 7)), gzipSync('cut').subarray(0, 10)])('[PK-T2] what is no archive is refused', async (bytes) => {
    await expect(unpackTarball(bytes, LIMITS)).rejects.toMatchObject({ code: 'E-TERRARIUM-2156' });
  });

  test('[PK-T2] a package without a readable package.json is refused', async () => {
    const files = await unpackTarball(await tarballOf([{ name: 'package/a.js', body: '1' }]), LIMITS);
    await expect(buildPackage({ name: 'p', version: '1.0.0', integrity: '' }, files)).rejects.toMatchObject({ code: 'E-TERRARIUM-2156' });
  });

  test('[PK-T3] a bomb is refused by its bytes', async () => {
    await expect(unpackTarball(await tarballOf([manifest, { name: 'package/big', body: Buffer.alloc(2 << 20) }]), LIMITS)).rejects.toMatchObject({ code: 'E-TERRARIUM-2157' });
  });

  test('[PK-T3] thousands of files are refused by their number', async () => {
    const many = Array.from({ length: 60 }, (_, at) => ({ name: `package/${at}.js`, body: '' }));
    await expect(unpackTarball(await tarballOf([manifest, ...many]), LIMITS)).rejects.toMatchObject({ code: 'E-TERRARIUM-2157' });
  });

  test('[PK-P1] [PK-P2] a pack has what runs, its facts, and its declarations apart as well', async () => {
    const files = await unpackTarball(
      await tarballOf([
        { name: 'odd-root/package.json', body: '{"name":"p","version":"1.0.0","type":"module","bin":"./cli.js","exports":"./cli.js"}' },
        { name: 'odd-root/cli.js', body: '#!/usr/bin/env node\nimport a from "a"; import.meta.url; import("b"); export const z = 1; export const f = async () => { await z }' },
        { name: 'odd-root/c.cjs', body: 'exports.one = 1; module.exports.two = 2' },
        { name: 'odd-root/plain/package.json', body: '{}' },
        { name: 'odd-root/plain/x.js', body: 'exports.three = 3' },
        { name: 'odd-root/i.d.ts', body: 'export {}' },
        { name: 'odd-root/i.js.map', body: '{}' },
        { name: 'odd-root/README.md', body: '#' },
      ]),
      LIMITS,
    );
    const { runtime, types, bin } = await buildPackage({ name: 'p', version: '1.0.0', integrity: 's' }, files);
    const { header, dataStart } = parsePack(runtime.bytes);
    expect(bin).toEqual({ p: 'cli.js' });
    expect(header.files.map(({ p }) => p)).toEqual(['c.cjs', 'cli.js', 'i.d.ts', 'package.json', 'plain/package.json', 'plain/x.js']);
    const file = (path: string) => header.files.find(({ p }) => p === path);
    const factsOf = (path: string) => {
      const [offset, size] = file(path)?.k ?? [0, 0];
      return JSON.parse(Buffer.from(runtime.bytes.subarray(dataStart + offset, dataStart + offset + size)).toString()) as CodeFacts;
    };
    const cli = '#!/usr/bin/env node\nimport a from "a"; import.meta.url; import("b"); export const z = 1; export const f = async () => { await z }';
    expect(file('cli.js')).toMatchObject({ m: 0o755 });
    const { m, s: body = '', n, a: awaits, t = [], u = [] } = factsOf('cli.js');
    expect(m && unpackModule(m)).toEqual(lexModule(`//${cli}`, 'cli.js'));
    expect({ n, awaits }).toEqual({ n: cli.length, awaits: undefined });
    expect(body).toContain('__terrarium_meta__().url; __terrarium_import__("b")');
    for (const [text, plan] of [[`//${cli}`, t], [body, u]] as const) expect(applyEdits(text, awaitEdits(plan))).toContain('{ ªr(ªs( z),await ªt()) }'.replace('z', text === body ? 'exports.z' : 'z'));
    expect(factsOf('c.cjs')).toMatchObject({ x: ['one', 'two'], r: [] });
    expect(factsOf('plain/x.js')).toMatchObject({ x: ['three'] });
    const { o = 0, s = 0 } = file('c.cjs') ?? {};
    expect(Buffer.from(runtime.bytes.subarray(dataStart + o, dataStart + o + s)).toString()).toBe('exports.one = 1; module.exports.two = 2');
    expect(types && parsePack(types.bytes).header.files.map(({ p }) => p)).toEqual(['i.d.ts', 'package.json', 'plain/package.json']);
  });
});
