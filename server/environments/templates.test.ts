import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createTemplates } from './templates.ts';

const IDS = ['react-ts', 'full-stack', 'vue-ts', 'svelte-ts', 'vanilla-ts', 'static-html', 'node-hono', 'node-express', 'vitest'];
const shipped = createTemplates(path.resolve(import.meta.dirname, '../../templates'), (id, problem) => expect.fail(`${id}: ${problem}`));
const dependencies = z.record(z.string(), z.string()).default({});
const packageSchema = z.object({ scripts: z.record(z.string(), z.string()), dependencies, devDependencies: dependencies });
const lockSchema = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), z.object({ version: z.string().optional(), resolved: z.string().optional(), integrity: z.string().optional(), dependencies, devDependencies: dependencies })) });

describe('the shipped templates', () => {
  test('are these', async () => {
    expect((await shipped.list()).map(({ id }) => id)).toEqual(IDS);
  });
  test.each(IDS)('%s is a real project: a script to start, a file to open, a lockfile that fits and names no host', async (id) => {
    const template = await shipped.get(id);
    const files = new Map((await shipped.files(id)).map((file) => [file.path, file.text]));
    expect([...files.keys()]).toContain(template.open);
    expect(files.has('terrarium.json')).toBe(false);
    const manifest = packageSchema.parse(JSON.parse(files.get('package.json') ?? ''));
    expect(Object.keys(manifest.scripts)).toContain(/^npm run (\S+)$/.exec(template.start)?.[1]);
    const { packages } = lockSchema.parse(JSON.parse(files.get('package-lock.json') ?? ''));
    expect(packages['']).toMatchObject({ dependencies: manifest.dependencies, devDependencies: manifest.devDependencies });
    for (const [where, entry] of Object.entries(packages)) {
      if (where === '') continue;
      expect([where, entry.integrity?.slice(0, 7), entry.resolved]).toEqual([where, 'sha512-', undefined]);
    }
    // TypeScript 7 is native binaries, which no container runs.
    const typescript = packages['node_modules/typescript']?.version;
    if (typescript !== undefined) expect(typescript).toMatch(/^6\.0\./);
  });
});

describe('a broken template', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'terrarium-templates-'));
    for (const [id, manifest] of [['good', '{"title":"Good","port":3000}'], ['no-json', '{'], ['no-port', '{"title":"x"}'], ['UPPER', '{"title":"x","port":1}']] as const) {
      mkdirSync(path.join(root, id));
      writeFileSync(path.join(root, id, 'terrarium.json'), manifest);
    }
    mkdirSync(path.join(root, 'good', 'node_modules'));
    writeFileSync(path.join(root, 'good', 'node_modules', 'left-out.js'), '');
    writeFileSync(path.join(root, 'good', 'run.sh'), '', { mode: 0o755 });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('is left out of the list, told to the operator, and has a code of its own', async () => {
    const told: string[] = [];
    const templates = createTemplates(root, (id) => told.push(id));
    expect((await templates.list()).map(({ id }) => id)).toEqual(['good']);
    expect(told.sort()).toEqual(['no-json', 'no-port']);
    await expect(templates.get('no-port')).rejects.toMatchObject({ code: 'E-TERRARIUM-1009' });
    await expect(templates.get('UPPER')).rejects.toMatchObject({ code: 'E-TERRARIUM-1002' });
    expect((await templates.files('good')).map((file) => [file.path, file.executable])).toEqual([['run.sh', true]]);
  });
});
