import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadCrypto } from './testing.ts';

/** Snippets beside what Node 22 answered to them (contract/record.mjs). */
const FOLDER = path.join(import.meta.dirname, 'contract');

interface Collect {
  collect(snippets: unknown, crypto: unknown): Promise<string[]>;
}
const { collect } = (await import(path.join(FOLDER, 'collect.mjs'))) as Collect;

const crypto = loadCrypto();

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.snippets.mjs'))) {
  test(`[CR1] answers as Node 22: ${file.replace('.snippets.mjs', '')}`, async () => {
    const { snippets } = (await import(path.join(FOLDER, file))) as { snippets: unknown };
    const recorded = readFileSync(path.join(FOLDER, file.replace('.snippets.mjs', '.recorded.txt')), 'utf8');
    expect((await collect(snippets, crypto)).join('\n')).toBe(recorded.trimEnd());
  });
}
