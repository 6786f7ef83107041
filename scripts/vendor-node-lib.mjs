// Writes Node's own JavaScript library to preview-shell/vendor/node-lib.
// Run it with the Node release that the container reports: `<node v22.23.3> scripts/vendor-node-lib.mjs`.
// Left out is what the container never loads: deps that are bundled for Node's own tooling.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = 'v22.23.3';
if (process.version !== VERSION) throw new Error(`Run this with Node ${VERSION}; this is ${process.version}.`);

const LEFT_OUT = [/^internal\/deps\/(amaro|v8)\//, /^internal\/v8_prof/, /^internal\/debugger\//, /^internal\/quic\//, /^internal\/main\/(mksnapshot|prof_process|embedding)/];
const target = path.join(path.dirname(fileURLToPath(import.meta.url)), '../preview-shell/vendor/node-lib');
const sources = process.binding('natives');
fs.rmSync(target, { recursive: true, force: true });
for (const [id, source] of Object.entries(sources)) {
  if (typeof source !== 'string' || LEFT_OUT.some((pattern) => pattern.test(id))) continue;
  const file = path.join(target, `${id}.js`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, source);
}
