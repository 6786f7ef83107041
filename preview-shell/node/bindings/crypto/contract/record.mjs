/** Writes down what Node itself answers to the snippets beside this file. Run with Node 22: node record.mjs [name...] */
import crypto from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { collect } from './collect.mjs';

if (!process.version.startsWith('v22.')) throw new Error(`The container is Node 22; this is ${process.version}.`);
/** OpenSSL keeps errors that nobody asked for, and shows them with the next: reading a bad key clears them. */
function clearErrors() {
  try {
    crypto.createPublicKey('no key');
  } catch {}
}

const names = process.argv.length > 2 ? process.argv.slice(2) : readdirSync(import.meta.dirname).filter((name) => name.endsWith('.snippets.mjs')).map((name) => name.slice(0, -13));
for (const name of names) {
  const { snippets } = await import(`./${name}.snippets.mjs`);
  writeFileSync(new URL(`./${name}.recorded.txt`, import.meta.url), `${(await collect(snippets, crypto, clearErrors)).join('\n')}\n`);
}
