import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadPrebuilt, PREBUILT_FILE } from './prebuilt.ts';

const TEMPLATES = path.resolve(import.meta.dirname, '../../templates');
const data = await mkdtemp(path.join(tmpdir(), 'terrarium-prebuilt-'));
afterAll(() => rm(data, { recursive: true, force: true }));
const prebuilt = await loadPrebuilt(TEMPLATES, data);
const templates = (await readdir(TEMPLATES)).filter((name) => existsSync(path.join(TEMPLATES, name, PREBUILT_FILE)));

describe('prebuilt', () => {
  test('[PK-B1] the React template has one', () => {
    expect(templates).toContain('react-ts');
  });

  test.each(templates)('[PK-B1] that of %s is of its lockfile: after a change run `npm run prebuild-templates`', async (template) => {
    const lockfile = await readFile(path.join(TEMPLATES, template, 'package-lock.json'), 'utf8');
    const [folder] = prebuilt.of(lockfile);
    expect(folder).toMatchObject({ path: 'node_modules/.vite/deps' });
    expect(prebuilt.has(folder?.pack ?? '')).toBe(true);
    expect(prebuilt.of(`${lockfile} `)).toEqual([]);
  });
});
