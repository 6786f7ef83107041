/** The container's read-only system as one pack: `/usr/bin`, `/bin` and the programs behind them (preview-shell/userland). */
import path from 'node:path';
import { access } from 'node:fs/promises';
import { build } from 'esbuild';
import { writePack } from '../shared/pack/format.ts';
import { ROOT } from './setup/run.mjs';

const USERLAND = path.join(ROOT, 'preview-shell', 'userland');
const LIBRARY = 'usr/lib/terrarium';
const EXECUTABLE = 0o755;

/** Program -> its entry file. */
const PROGRAMS = { npm: 'npm/npm.ts', npx: 'npm/npx.ts', sh: 'sh/main.ts' };

/** Other names, absolute path -> target. */
const LINKS = { '/usr/bin/nodejs': 'node', '/bin/node': '/usr/bin/node', '/bin/sh': '/usr/bin/sh', '/bin/bash': '/usr/bin/sh', '/usr/bin/bash': 'sh', '/usr/bin/jsh': 'sh' };

/** @param {boolean} minify @returns {Promise<Uint8Array>} */
export async function systemImage(minify) {
  /** @type {{file: {p: string, m: number}, data: Uint8Array}[]} */
  const files = [
    // execve(2) of this path starts a thread with Node's library (kernel/process/program.ts); what it says is for whoever reads it.
    file('usr/bin/node', 'This file stands for Node.js, which the container runs itself.\n'),
    file('image.json', JSON.stringify(LINKS)),
  ];
  for (const [name, entry] of Object.entries(PROGRAMS)) {
    files.push(file(`${LIBRARY}/${name}.js`, await bundle(path.join(USERLAND, entry), minify)));
    files.push(file(`usr/bin/${name}`, `#!/usr/bin/env node\nrequire('/${LIBRARY}/${name}.js');\n`));
  }
  files.push(file(`${LIBRARY}/tool.js`, await bundle(path.join(USERLAND, 'sh/tool-main.ts'), minify)));
  for (const name of await toolNames()) files.push(file(`usr/bin/${name}`, `#!/usr/bin/env node\nrequire('/${LIBRARY}/tool.js').runAlone(${JSON.stringify(name)});\n`));
  return writePack({ v: 1, name: 'terrarium-system', version: '1.0.0', integrity: '' }, files);
}

/** Tools that are programs of their own as well: other programs than the shell start them. */
async function toolNames() {
  const { TOOLS } = await import('../preview-shell/userland/tools/index.ts');
  return [...Object.keys(TOOLS), 'echo', 'printf', 'pwd', 'test', 'true', 'false', 'kill'];
}

/** @param {string} entry @param {boolean} minify */
async function bundle(entry, minify) {
  await access(entry);
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, minify, platform: 'node', target: 'node22', format: 'cjs', write: false, legalComments: 'none', logLevel: 'warning' });
  return outputFiles[0].text;
}

/** @param {string} p @param {string} text */
function file(p, text) {
  return { file: { p, m: EXECUTABLE }, data: new TextEncoder().encode(text) };
}
