import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { applyDiff, replaceAll } from './patch.ts';
import { callTool, makeAgent, textOf, toolsOf } from './testing.ts';

let server: TestServer;
let id: string;
let robin: { id: string; token: string };
let call: ReturnType<typeof toolsOf>;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  id = await server.create();
  robin = await makeAgent(server, id);
  call = toolsOf(server, id, robin.token);
});
afterAll(() => server.dispose());
const text = (path: string) => textOf(server, id, path);

describe('[F1] reading', () => {
  test('lists by glob, with what each file is', async () => {
    expect(await call('file_list', { glob: '**/*.ts' })).toEqual({ files: [{ path: 'src/main.ts', kind: 'text', size: 33, revision: expect.any(String) }], total: 1 });
    expect((await call('file_list', { limit: 1 })).total).toBe(3);
  });
  test('reads lines, and says how many there are', async () => {
    await call('file_write', { path: 'a.txt', text: 'one\ntwo\nthree\n' });
    expect(await call('file_read', { path: 'a.txt' })).toMatchObject({ text: 'one\ntwo\nthree\n', from: 1, to: 4, lines: 4, truncated: false, proposed: false, lockedBy: null });
    expect(await call('file_read', { path: 'a.txt', from: 2, to: 2 })).toMatchObject({ text: 'two\n', from: 2, to: 2 });
  });
  test('what is too long for one answer is cut, and says so', async () => {
    await call('file_write', { path: 'long.txt', text: 'x'.repeat(300 * 1024) });
    const read = await call('file_read', { path: 'long.txt' });
    expect([read.text.length, read.truncated]).toEqual([256 * 1024, true]);
  });
  test.each([['no file', 'nope.txt', 'E-TERRARIUM-1003'], ['no path', '../etc/passwd', 'E-TERRARIUM-1004'], ['absolute', '/etc/passwd', 'E-TERRARIUM-1004'], ['no text', 'public/dot.png', 'E-TERRARIUM-1349']])('%s', async (_, path, code) => {
    await expect(call('file_read', { path })).rejects.toThrow(code);
  });
});

describe('[F3] search', () => {
  test('finds text and RE2, with line, column and what is around', async () => {
    await call('file_write', { path: 'a.txt', text: 'alpha\nBeta 42\ngamma\n' });
    expect((await call('file_search', { pattern: 'beta', context: 1 })).matches).toEqual([{ path: 'a.txt', line: 2, column: 1, text: 'Beta 42', before: ['alpha'], after: ['gamma'] }]);
    expect((await call('file_search', { pattern: 'beta', caseSensitive: true })).matches).toEqual([]);
    expect((await call('file_search', { pattern: '\\d+$', regex: true, glob: '*.txt' })).matches).toMatchObject([{ line: 2, column: 6 }]);
    expect((await call('file_search', { pattern: '.', regex: true, glob: '*.txt', limit: 2 }))).toMatchObject({ truncated: true, matches: [{}, {}] });
  });
  test('a pattern that makes other engines hang ends', async () => {
    await call('file_write', { path: 'evil.txt', text: `${'a'.repeat(5000)}b` });
    const begin = performance.now();
    expect((await call('file_search', { pattern: '^(a+)+$', regex: true, glob: 'evil.txt' })).matches).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(3000);
  });
  test.each(['(', '(?=a)', '\\1'])('%s is refused by name', async (pattern) => {
    await expect(call('file_search', { pattern, regex: true })).rejects.toThrow('E-TERRARIUM-1343');
  });
});

describe('[F2] writing', () => {
  test('holds for the revision that was read', async () => {
    const { revision } = await call('file_read', { path: 'src/main.ts' });
    const first = await call('file_write', { path: 'src/main.ts', text: 'new\n', revision });
    expect(first).toMatchObject({ created: false });
    await expect(call('file_write', { path: 'src/main.ts', text: 'newer\n', revision })).rejects.toThrow('E-TERRARIUM-1005');
    await expect(call('file_write', { path: 'src/main.ts', text: 'x', create: true })).rejects.toThrow('E-TERRARIUM-1005');
    expect(await text('src/main.ts')).toBe('new\n');
  });
  test('bytes, and what is neither', async () => {
    expect(await call('file_write', { path: 'b.bin', base64: 'AAEC' })).toMatchObject({ created: true });
    expect((await call('file_list', { glob: 'b.bin' })).files).toMatchObject([{ kind: 'binary', size: 3 }]);
    await expect(call('file_write', { path: 'b.bin' })).rejects.toThrow('E-TERRARIUM-1101');
    await expect(call('file_write', { path: 'SRC/main.ts', text: '' })).rejects.toThrow('E-TERRARIUM-1008');
    await expect(call('file_write', { path: 'a/../b', text: '' })).rejects.toThrow('E-TERRARIUM-1004');
    expect((await callTool(server, id, robin.token, 'file_write', { path: 'c', base64: 'A'.repeat(28 * 1024 * 1024) })).status).toBe(413);
    expect((await callTool(server, id, robin.token, 'file_write', { path: 'c', base64: 'A'.repeat(33 * 1024 * 1024) })).status).toBe(413);
  });
  test('moves a folder, and refuses what clashes', async () => {
    await call('file_write', { path: 'src/deep/x.ts', text: 'x' });
    expect((await call('file_move', { path: 'src', to: 'lib' })).moved).toEqual([{ from: 'src/deep/x.ts', to: 'lib/deep/x.ts' }, { from: 'src/main.ts', to: 'lib/main.ts' }]);
    await expect(call('file_move', { path: 'lib/main.ts', to: 'package.json' })).rejects.toThrow('E-TERRARIUM-1008');
    expect((await call('file_move', { path: 'lib/main.ts', to: 'lib/Main.ts' })).moved).toHaveLength(1);
  });
  test('deletes', async () => {
    await expect(call('file_delete', { path: 'src' })).rejects.toThrow('E-TERRARIUM-1003');
    expect(await call('file_delete', { path: 'src', recursive: true })).toEqual({ deleted: [{ path: 'src/main.ts' }] });
    await expect(call('file_delete', { path: 'package.json', revision: 'old' })).rejects.toThrow('E-TERRARIUM-1005');
  });
});

describe('[F4] patches', () => {
  const source = 'one\ntwo\nthree\nfour\nfive\n';
  test('exact texts, all or nothing', () => {
    expect(replaceAll(source, [{ old: 'two', new: '2', all: false }, { old: 'o', new: 'O', all: true }])).toEqual({ text: 'One\n2\nthree\nfOur\nfive\n', applied: 3 });
    expect(replaceAll(source, [{ old: 'o', new: 'x', all: false }])).toEqual({ conflicts: [expect.stringContaining('occurs 3 times (lines 1, 2, 4)')] });
    expect(replaceAll(source, [{ old: 'two', new: '2', all: false }, { old: 'thre\nfour', new: '', all: false }])).toEqual({ conflicts: [expect.stringMatching(/^edit 2: expected "thre"; there is from line 2: "2" "three" "four"/)] });
    expect(replaceAll(source, [{ old: 'completely different', new: '', all: false }])).toEqual({ conflicts: ['edit 1: no line is like "completely different"'] });
    expect(replaceAll('$', [{ old: '$', new: '$&$1', all: false }])).toEqual({ text: '$&$1', applied: 1 });
  });
  test('a unified diff, whose line numbers may be off', () => {
    const diff = '@@ -9,3 +9,3 @@\n two\n-three\n+3\n four\n';
    expect(applyDiff(source, diff)).toEqual({ text: source.replace('three', '3'), applied: 1 });
    expect(applyDiff(source, diff.replace('-three', '-tree'))).toEqual({ conflicts: [expect.stringMatching(/^hunk 1 \(line 9\): expected "two"; there is from line 1/)] });
    expect(applyDiff(source, 'rubbish')).toEqual({ conflicts: ['the diff has no hunk'] });
    expect(applyDiff(source, '--- a\n+++ a\n@@ -1 +1 @@\n-one\n+1\n--- b\n+++ b\n@@ -1 +1 @@\n-one\n+1\n')).toEqual({ conflicts: [expect.stringContaining('several files')] });
    expect(applyDiff(source, '@@ -1,2 +1,2 @@\n-one\n')).toEqual({ conflicts: [expect.stringContaining('cannot be read')] });
  });
  test('what does not fit changes nothing, and says what is there', async () => {
    const response = await callTool(server, id, robin.token, 'file_patch', { path: 'src/main.ts', edits: [{ old: 'export', new: 'import' }, { old: 'greting = "hello"', new: '' }] });
    expect(response.status).toBe(409);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('E-TERRARIUM-1341');
    expect(error.message).toContain('edit 2: expected');
    expect(await text('src/main.ts')).toContain('export');
    expect(await call('file_patch', { path: 'src/main.ts', edits: [{ old: '"hello"', new: '"hi"', all: false }] })).toMatchObject({ applied: 1 });
    expect(await text('src/main.ts')).toBe('export const greeting = "hi";\n');
    await expect(call('file_patch', { path: 'src/main.ts' })).rejects.toThrow('E-TERRARIUM-1101');
  });
});

describe('[L1] a lock', () => {
  test('keeps other agents off, by tool and by route, and no person', async () => {
    const other = await makeAgent(server, id, { name: 'Kiwi' });
    await call('file_lock', { path: 'src/main.ts', reason: 'refactoring' });
    const kiwi = toolsOf(server, id, other.token);
    for (const change of [kiwi('file_write', { path: 'src/main.ts', text: '' }), kiwi('file_patch', { path: 'src/main.ts', edits: [{ old: 'hello', new: '', all: false }] }), kiwi('file_delete', { path: 'src', recursive: true }), kiwi('file_move', { path: 'src', to: 'lib' }), kiwi('file_lock', { path: 'src/main.ts', reason: 'mine' }), kiwi('file_unlock', { path: 'src/main.ts' })]) await expect(change).rejects.toThrow('E-TERRARIUM-1342');
    expect((await server.api(`/api/environments/${id}/files/src/main.ts`, { method: 'PUT', body: 'x', token: other.token })).status).toBe(423);
    expect((await kiwi('file_read', { path: 'src/main.ts' })).lockedBy).toBe('Robin');
    expect((await server.api(`/api/environments/${id}/files/src/main.ts`, { method: 'PUT', body: 'by a person' })).status).toBe(200);
    await call('file_write', { path: 'src/main.ts', text: 'by its holder' });
    expect(await call('file_unlock', { path: 'src/main.ts' })).toEqual({ path: 'src/main.ts', released: true });
    expect(await kiwi('file_write', { path: 'src/main.ts', text: 'free' })).toMatchObject({ created: false });
  });
});
