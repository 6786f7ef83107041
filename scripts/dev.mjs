/** `npm run dev`: builds unminified, serves, and on a change builds again; a change of the server restarts it. */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import path from 'node:path';
import { build } from './build.mjs';
import { ROOT } from './setup/run.mjs';

const QUIET_MS = 150;
let building = Promise.resolve();

function rebuild() {
  building = building.then(() => build({ minify: false })).then(
    () => {},
    (error) => console.error(error),
  );
  return building;
}

/** @param {string} folder @param {() => void} changed */
function watchFolder(folder, changed) {
  let timer;
  watch(path.join(ROOT, folder), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MS);
  });
}

await rebuild();
for (const folder of ['app', 'embed', 'preview-shell', 'shared']) watchFolder(folder, () => void rebuild());
const server = spawn(process.execPath, ['--watch', '--max-http-header-size=65536', path.join(ROOT, 'server', 'main.ts'), ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => server.kill(signal));
server.once('exit', (code) => process.exit(code ?? 1));
