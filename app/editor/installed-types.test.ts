import { expect, test } from 'vitest';
import { writePack } from '../../shared/pack/format.ts';
import type { ContainerClient } from '../container/client.ts';
import { InstalledTypes } from './installed-types.ts';
import type { TypeFile } from './types.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const hash = (letter: string) => letter.repeat(64);
const pack = writePack({ v: 1, name: 'a', version: '1.0.0', integrity: '' }, [{ file: { p: 'index.d.ts' }, data: encode('export const a: 1;') }, { file: { p: 'package.json' }, data: encode('{}') }]);

/** The one part of the client that is used here, over a real state file. */
function typesOf(state: unknown, answers: Record<string, Response>) {
  const container = { readFile: async () => encode(typeof state === 'string' ? state : JSON.stringify(state)) } as unknown as ContainerClient;
  const asked: string[] = [];
  const types = new InstalledTypes({
    packagesOrigin: 'http://packages.test', projectRoot: '/home/project', container: () => container, onContainer: () => () => undefined,
    fetch: (async (input: string) => (asked.push(input), answers[input.slice(-64)] ?? new Response('', { status: 403 }))) as typeof fetch,
  });
  return { types, asked };
}

async function all(files: AsyncIterable<TypeFile>): Promise<TypeFile[]> {
  const found: TypeFile[] = [];
  for await (const file of files) found.push(file);
  return found;
}

test('declarations lie where TypeScript looks for them; what cannot be had is left out', async () => {
  const { types } = typesOf({ types: { 'node_modules/a': hash('a'), 'node_modules/private': hash('b'), 'node_modules/large': hash('c') } }, {
    [hash('a')]: new Response(pack as BodyInit),
    [hash('c')]: new Response(pack as BodyInit, { headers: { 'content-length': String(2 ** 30) } }),
  });
  expect(await all(types.loadTypes(new AbortController().signal))).toEqual([
    { path: '/home/project/node_modules/a/index.d.ts', content: 'export const a: 1;' },
    { path: '/home/project/node_modules/a/package.json', content: '{}' },
  ]);
});

test.each([['no JSON', '{'], ['another shape', { types: ['x'] }], ['no hashes', { types: { a: 'x' } }], ['a path outside', { types: { '../../etc': hash('a') } }]])('a state file with %s asks for nothing', async (_what, state) => {
  const { types, asked } = typesOf(state, {});
  expect(await all(types.loadTypes(new AbortController().signal))).toEqual([]);
  expect(asked).toEqual([]);
});
