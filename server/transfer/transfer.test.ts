import { zipSync } from 'fflate';
import type { Zippable } from 'fflate';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { MAX_FILES } from './files.ts';
import { createGitFetcher } from './git.ts';
import { serveGit } from './testing-git.ts';
import type { TestGit } from './testing-git.ts';
import { unzip } from './unzip.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

let server: TestServer;
let repository: TestGit;
beforeAll(async () => {
  repository = await serveGit([
    { path: 'package.json', bytes: '{"devDependencies":{"vite":"1"}}' },
    { path: 'src/deep/a.ts', bytes: 'export {};\n' },
    { path: 'logo.bin', bytes: new Uint8Array([0, 255, 1]) },
    { path: 'run.sh', bytes: '#!/bin/sh\n', mode: '100755' },
    { path: 'node_modules/x/index.js', bytes: 'x' },
  ]);
  server = await startTestServer({ egressAllowedOrigins: [repository.origin] });
});
afterAll(async () => {
  await server.dispose();
  await repository.close();
});

/** Path -> bytes and mode of all files. */
async function filesOf(id: string): Promise<Record<string, [string, number]>> {
  const { files } = (await (await server.api(`/api/environments/${id}/files`)).json()) as { files: { path: string; mode?: number }[] };
  const read = async (path: string) => Buffer.from(await (await server.api(`/api/environments/${id}/files/${path.split('/').map(encodeURIComponent).join('/')}`)).arrayBuffer()).toString('base64');
  return Object.fromEntries(await Promise.all(files.map(async ({ path, mode = 0o644 }) => [path, [await read(path), mode] as [string, number]] as const)));
}
const importNew = (zip: Uint8Array<ArrayBuffer>) => server.api('/api/environments/imports?taskId=imported', { method: 'POST', body: zip });
const importOver = (id: string, zip: Uint8Array<ArrayBuffer>) => server.api(`/api/environments/${id}/import`, { method: 'POST', body: zip });
const exported = async (id: string) => new Uint8Array(await (await server.api(`/api/environments/${id}/export`)).arrayBuffer());
const zip = (files: Zippable) => zipSync(files) as Uint8Array<ArrayBuffer>;

describe('[T1] a round trip is byte for byte', () => {
  test('property', async () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9 _.äé-]{0,8}$/).filter((text) => !/[. ]$/.test(text));
    const file = fc.record({ folder: fc.option(name), name, content: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }).map((text) => bytes(text))), executable: fc.boolean() });
    const files = fc.uniqueArray(file, { selector: ({ folder, name: base }) => `${folder === null ? '' : `dir-${folder}/`}f-${base}`.toLowerCase().normalize('NFC'), minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(files, async (all) => {
        const content: Zippable = {};
        for (const { folder, name: base, content: data, executable } of all) content[`${folder === null ? '' : `dir-${folder}/`}f-${base}`] = [data, { os: 3, attrs: (executable ? 0o100755 : 0o100644) << 16 >>> 0 }];
        const one = await importNew(zip(content));
        expect(one.status).toBe(201);
        const first = ((await one.json()) as { environmentId: string }).environmentId;
        const again = ((await (await importNew(await exported(first))).json()) as { environmentId: string }).environmentId;
        const got = await filesOf(first);
        expect(got).toEqual(Object.fromEntries(all.map(({ folder, name: base, content: data, executable }) => [`${folder === null ? '' : `dir-${folder}/`}f-${base}`, [Buffer.from(data).toString('base64'), executable ? 0o755 : 0o644]])));
        expect(await filesOf(again)).toEqual(got);
      }),
      { numRuns: 15 },
    );
  });
  test('our own archives keep the one folder that everything is in; [T3] those of code hosts do not', async () => {
    const id = ((await (await importNew(zip({ 'app/package.json': bytes('{}'), 'app/a.txt': bytes('a') }))).json()) as { environmentId: string }).environmentId;
    expect(Object.keys(await filesOf(id))).toEqual(['a.txt', 'package.json']);
    const kept = ((await (await importNew(zip({ 'app/readme.md': bytes('{}'), 'app/a.txt': bytes('a') }))).json()) as { environmentId: string }).environmentId;
    expect(Object.keys(await filesOf(kept))).toEqual(['app/a.txt', 'app/readme.md']);
  });
  test('the archive is one that nobody renders, with a name of plain letters', async () => {
    const made = (await (await server.api('/api/environments', { method: 'POST', body: JSON.stringify({ taskId: 'Über "x"\r\n', template: 'tiny' }), headers: { 'content-type': 'application/json' } })).json()) as { environmentId: string };
    const { headers } = await server.api(`/api/environments/${made.environmentId}/export`);
    expect([headers.get('content-type'), headers.get('content-disposition'), headers.get('x-content-type-options')]).toEqual(['application/zip', 'attachment; filename="-ber-x-.zip"', 'nosniff']);
  });
});

/** Replaces each occurrence of a name in a zip's headers by one of the same length. */
function renamed(archive: Uint8Array<ArrayBuffer>, from: string, to: string): Uint8Array<ArrayBuffer> {
  expect(to.length).toBe(from.length);
  const buffer = Buffer.from(archive);
  for (let at = buffer.indexOf(from); at !== -1; at = buffer.indexOf(from, at + 1)) buffer.write(to, at, 'latin1');
  return new Uint8Array(buffer);
}
const link = (mode: number): Zippable => ({ 'package.json': bytes('{}'), link: [bytes('/etc/passwd'), { os: 3, attrs: (mode << 16) >>> 0 }] });
const many = (count: number): Zippable => Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, new Uint8Array()]));

describe('[T2] hostile archives are refused whole', () => {
  const cases: [string, () => Uint8Array<ArrayBuffer>, string][] = [
    ['rubbish', () => bytes('not a zip'), 'E-TERRARIUM-1150'],
    ['nothing', () => new Uint8Array(), 'E-TERRARIUM-1150'],
    ['half an archive', () => zip({ a: bytes('a'.repeat(100)) }).slice(20), 'E-TERRARIUM-1150'],
    ['no files', () => zip({}), 'E-TERRARIUM-1156'],
    ['a path above', () => renamed(zip({ 'xx/evil.txt': bytes('x') }), 'xx/evil.txt', '../evil.txt'), 'E-TERRARIUM-1153'],
    ['a path above in the middle', () => renamed(zip({ 'a/xx/xx/evil': bytes('x') }), 'a/xx/xx/evil', 'a/../../evil'), 'E-TERRARIUM-1153'],
    ['an absolute path', () => renamed(zip({ 'xetc/passwd': bytes('x') }), 'xetc/passwd', '/etc/passwd'), 'E-TERRARIUM-1153'],
    ['a drive', () => renamed(zip({ 'CxxWindows': bytes('x') }), 'CxxWindows', 'C:/Windows'), 'E-TERRARIUM-1153'],
    ['backslashes', () => renamed(zip({ 'xx-evil': bytes('x') }), 'xx-evil', '..\\evil'), 'E-TERRARIUM-1153'],
    ['a NUL', () => renamed(zip({ 'axb': bytes('x') }), 'axb', 'a\0b'), 'E-TERRARIUM-1153'],
    ['an empty part', () => renamed(zip({ 'axxb': bytes('x') }), 'axxb', 'a//b'), 'E-TERRARIUM-1153'],
    ['a symbolic link', () => zip(link(0o120777)), 'E-TERRARIUM-1154'],
    ['a device', () => zip(link(0o020666)), 'E-TERRARIUM-1154'],
    ['names that differ by case', () => zip({ 'README.md': bytes('a'), 'readme.md': bytes('b') }), 'E-TERRARIUM-1155'],
    ['names that differ by Unicode form', () => zip({ 'é': bytes('a'), 'e\u0301': bytes('b') }), 'E-TERRARIUM-1155'],
    ['one name twice', () => renamed(zip({ aa: bytes('a'), ab: bytes('b') }), 'ab', 'aa'), 'E-TERRARIUM-1155'],
    ['a file that is a folder too', () => renamed(zip({ 'a/b': bytes('a'), 'x': bytes('b') }), 'x', 'a'), 'E-TERRARIUM-1155'],
    ['a folder in another case that is a file too', () => zip({ 'Src': bytes('a'), 'src/b': bytes('b') }), 'E-TERRARIUM-1155'],
    ['thousands of files', () => zip(many(MAX_FILES + 1)), 'E-TERRARIUM-1151'],
    ['a bomb', () => zip({ bomb: [new Uint8Array(30 * 1024 * 1024), { level: 9 }] }), 'E-TERRARIUM-1152'],
    ['many small bombs', () => zip(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`b${index}`, [new Uint8Array(19 * 1024 * 1024), { level: 1 }]] as const))), 'E-TERRARIUM-1152'],
    ['a bomb that says it is small', liar, 'E-TERRARIUM-1150'],
  ];
  function liar(): Uint8Array<ArrayBuffer> {
    const archive = Buffer.from(zip({ bomb: [new Uint8Array(30 * 1024 * 1024), { level: 9 }] }));
    for (let at = 0; at < archive.length - 4; at++) if (archive.readUInt32LE(at) === 30 * 1024 * 1024) archive.writeUInt32LE(100, at);
    return new Uint8Array(archive);
  }
  test.each(cases)('%s', async (_name, make, code) => {
    const id = await server.create();
    const before = await filesOf(id);
    const count = ((await (await server.api('/api/environments')).json()) as { environments: unknown[] }).environments.length;
    const archive = make();
    expect(await codeOf(await importOver(id, archive))).toBe(code);
    expect(await codeOf(await importNew(archive))).toBe(code);
    expect(await filesOf(id)).toEqual(before);
    expect(((await (await server.api('/api/environments')).json()) as { environments: unknown[] }).environments).toHaveLength(count);
  });
  test('more than may be sent', async () => {
    expect(await codeOf(await server.api('/api/environments/imports?taskId=t', { method: 'POST', body: new Uint8Array(1), headers: { 'content-length': String(60 * 1024 * 1024) } }))).toBe('E-TERRARIUM-1140');
  });
  test('[T2] what is there clashes too', async () => {
    const id = await server.create();
    expect(await codeOf(await importOver(id, zip({ 'PACKAGE.json': bytes('{}') })))).toBe('E-TERRARIUM-1155');
  });
  test('[T3] node_modules and .git are left out and counted', async () => {
    const { files, skipped } = await unzip(zip({ 'a.txt': bytes('a'), 'node_modules/x/i.js': bytes('x'), '.git/config': bytes('x') }));
    expect([files.map(({ path }) => path), skipped]).toEqual([['a.txt'], 2]);
  });
});

test('[T4] an import is one step, and restoring the revision before undoes it', async () => {
  const id = await server.create();
  const before = await filesOf(id);
  const response = await importOver(id, zip({ 'package.json': bytes('{"name":"other"}\n'), 'new/file.bin': new Uint8Array([0, 1]), 'public/dot.png': bytes('text now') }));
  const { revision, undo, files } = (await response.json()) as { revision: number; undo: number; files: number };
  expect([revision, undo, files]).toEqual([2, 1, 3]);
  expect(Object.keys(await filesOf(id))).toEqual(['new/file.bin', 'package.json', 'public/dot.png', 'src/main.ts']);
  const { revisions } = (await (await server.api(`/api/environments/${id}/history`)).json()) as { revisions: { kind: string; authors: { id: string }[] }[] };
  expect(revisions.map(({ kind }) => kind)).toEqual(['imported', 'created']);
  await server.api(`/api/environments/${id}/history/${undo}/restore`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
  expect(await filesOf(id)).toEqual(before);
});

describe('[T5] Git', () => {
  afterEach(() => void (repository.intercept = undefined));
  const post = (path: string, body: unknown) => server.api(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  test('a new environment has the files of the default branch, byte for byte', async () => {
    const response = await post('/api/environments/imports/git', { taskId: 'from git', url: `${repository.origin}/repo.git` });
    const made = (await response.json()) as { environmentId: string; files: number; skipped: number };
    expect(made).toMatchObject({ files: 4 });
    expect(await filesOf(made.environmentId)).toEqual({
      'logo.bin': [Buffer.from([0, 255, 1]).toString('base64'), 0o644], 'package.json': [btoa('{"devDependencies":{"vite":"1"}}'), 0o644], 'run.sh': [btoa('#!/bin/sh\n'), 0o755], 'src/deep/a.ts': [btoa('export {};\n'), 0o644],
    });
    expect(((await (await server.api(`/api/environments/${made.environmentId}`)).json()) as { ports: { frontend: number } }).ports.frontend).toBe(5173);
  });
  test('into an environment, by branch', async () => {
    const id = await server.create();
    expect(await (await post(`/api/environments/${id}/import/git`, { url: `${repository.origin}/repo.git`, ref: 'main' })).json()).toMatchObject({ revision: 2, undo: 1, files: 4 });
    expect(Object.keys(await filesOf(id))).toContain('run.sh');
  });
  test.each(['http://127.0.0.1:9/x.git', 'https://169.254.169.254/x.git', 'https://[::1]/x.git', 'https://2130706433/x.git', 'file:///etc/passwd', 'https://localhost/x.git', 'https://a:b@example.org/x.git', 'ssh://git@example.org/x.git'])('%s is refused', async (url) => {
    expect(await codeOf(await post('/api/environments/imports/git', { taskId: 't', url }))).toMatch(/^E-TERRARIUM-115[78]$/);
  });
  test('a redirect to a private address is refused', async () => {
    repository.intercept = (_request, response) => (response.writeHead(302, { location: 'https://127.0.0.1/x.git' }).end(), true);
    expect(await codeOf(await post('/api/environments/imports/git', { taskId: 't', url: `${repository.origin}/repo.git` }))).toBe('E-TERRARIUM-1157');
  });
  test.each([
    ['what is no repository', 404, 'not found'],
    ['rubbish', 200, 'rubbish'],
  ])('%s is an error of the table', async (_name, status, body) => {
    repository.intercept = (_request, response) => (response.writeHead(status).end(body), true);
    expect(await codeOf(await post('/api/environments/imports/git', { taskId: 't', url: `${repository.origin}/repo.git` }))).toBe('E-TERRARIUM-1158');
  });
  test('a branch that there is not is an error of the table', async () => {
    expect(await codeOf(await post('/api/environments/imports/git', { taskId: 't', url: `${repository.origin}/repo.git`, ref: 'nope' }))).toBe('E-TERRARIUM-1158');
  });
  test('a server that never answers is given up, one that never stops is cut', async () => {
    const patient = createGitFetcher({ folder: `${server.settings.dataDir}/imports`, allowedOrigins: [repository.origin], maxMs: 1500, maxDownload: 100_000 });
    repository.intercept = () => true;
    await expect(patient.fetch(`${repository.origin}/repo.git`, undefined)).rejects.toMatchObject({ code: 'E-TERRARIUM-1158' });
    repository.intercept = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
      response.write(`001e# service=git-upload-pack\n0000003a${'a'.repeat(40)} HEAD\0shallow\n`);
      const refs = `004e${'a'.repeat(40)} refs/heads/endless-branch-name-x\n`.repeat(1000);
      const more = (): void => {
        if (response.destroyed) return;
        if (response.write(refs)) setImmediate(more);
        else response.once('drain', more);
      };
      more();
      return true;
    };
    await expect(patient.fetch(`${repository.origin}/repo.git`, undefined)).rejects.toMatchObject({ code: 'E-TERRARIUM-1152' });
  });
  test('a link in a repository is refused', async () => {
    const hostile = await serveGit([{ path: 'package.json', bytes: '{}' }, { path: 'link', bytes: '/etc/passwd', mode: '120000' }]);
    const fetcher = createGitFetcher({ folder: `${server.settings.dataDir}/imports`, allowedOrigins: [hostile.origin] });
    await expect(fetcher.fetch(`${hostile.origin}/repo.git`, undefined)).rejects.toMatchObject({ code: 'E-TERRARIUM-1154' });
    await hostile.close();
  });
});
