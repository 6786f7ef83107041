/** Programs whose every step checks the asynchronous context that it is in. Each prints what was wrong, then `done`. */

const CHECK = `
const als = new AsyncLocalStorage();
const check = (label, wanted) => { if (als.getStore() !== wanted) console.log('wrong after', label + ':', als.getStore(), 'instead of', wanted); };
`;

/** Everything of Node that calls back later. */
export const CALLBACKS = `
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { exec } from 'node:child_process';
import crypto from 'node:crypto';
import dns from 'node:dns';
import { EventEmitter, on, once } from 'node:events';
import fs from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import zlib from 'node:zlib';
${CHECK}
const AsyncFunction = (async () => {}).constructor;
async function one(i) {
  await null; check('await', i);
  await sleep(Math.random() * 5); check('a timer promise', i);
  await fs.promises.readFile('callbacks.mjs'); check('a file promise', i);
  await new Promise((done) => fs.stat('callbacks.mjs', () => { check('a file callback', i); done(); })); check('a promise of a callback', i);
  await new Promise((done) => setImmediate(() => { check('setImmediate', i); setTimeout(() => { check('setTimeout', i); done(); }); }));
  await new Promise((done) => process.nextTick(() => { check('nextTick', i); queueMicrotask(() => { check('queueMicrotask', i); done(); }); }));
  try { await Promise.reject(new Error('x')); } catch { check('catch', i); } finally { check('finally', i); }
  for await (const chunk of fs.createReadStream('callbacks.mjs', { highWaterMark: 512 })) check('a stream chunk', i);
  check('for await', i);
  const generator = async function* () { check('the start of a generator', i); yield 'a'; await sleep(1); check('await in a generator', i); yield 'b'; };
  for await (const part of Readable.from(generator())) check('Readable.from', i);
  await new Promise((done) => pipeline(Readable.from(['x', 'y']), async function* (source) { for await (const part of source) { check('a transform', i); yield part; } },
    async (source) => { for await (const part of source) check('a sink', i); }, () => { check('the end of a pipeline', i); done(); }));
  const emitter = new EventEmitter();
  setTimeout(() => emitter.emit('x'), 1);
  await once(emitter, 'x'); check('once', i);
  setTimeout(() => emitter.emit('y', 1), 1);
  for await (const event of on(emitter, 'y')) break;
  check('on', i);
  await als.run('inner', async () => { await sleep(1); check('run', 'inner'); }); check('the end of run', i);
  als.exit(() => check('exit', undefined));
  const snapshot = AsyncLocalStorage.snapshot();
  const bound = AsyncResource.bind(() => check('bind', i));
  await als.run('other', async () => { await null; snapshot(() => check('snapshot', i)); bound(); check('bind in another context', 'other'); });
  await new AsyncFunction('check', 'i', 'await null; check("AsyncFunction", i)')(check, i);
  await eval('(async () => { await null; check("eval", i) })()');
  await (0, eval)('(async (check, i) => { await null; check("indirect eval", i) })')(check, i);
  await new Response(new ReadableStream({ async pull(controller) { await null; controller.enqueue(new Uint8Array(1)); controller.close(); } })).text(); check('a web stream', i);
  await { then(done) { check('the then of what is awaited', i); setTimeout(done, 1); } }; check('something thenable', i);
  await new Promise((done) => zlib.gzip('x', () => { check('zlib', i); done(); }));
  await new Promise((done) => zlib.gunzip('x', () => { check('an error of zlib', i); done(); }));
  await new Promise((done) => crypto.pbkdf2('a', 'b', 1, 8, 'sha1', () => { check('crypto', i); done(); }));
  await new Promise((done) => dns.lookup('localhost', () => { check('dns', i); done(); }));
  if (i < 3) await new Promise((done) => exec('true', () => { check('a child process', i); done(); }));
  const { port1, port2 } = new MessageChannel();
  await new Promise((done) => { port1.on('message', () => { check('a message', i); port2.close(); }); port1.on('close', () => { check('the end of a port', i); done(); }); als.run('sender', () => port2.postMessage(1)); });
  als.enterWith(i + '!'); await sleep(1); check('enterWith', i + '!');
}
await Promise.all(Array.from({ length: 50 }, (_, i) => als.run(i, () => one(i))));
check('everything', undefined);
console.log('done');
`;

const CLIENT = `
async function requestAll(port) {
  const answers = await Promise.all(Array.from({ length: 50 }, async (_, i) => (await fetch('http://127.0.0.1:' + port + '/' + i)).text()));
  answers.forEach((answer, i) => { if (answer !== 'answer ' + i) console.log('wrong answer', answer, 'to', i); });
}
`;

/** node:http alone, in CommonJS. */
export const HTTP_SERVER = `
const { AsyncLocalStorage } = require('node:async_hooks');
const http = require('node:http');
const sleep = require('node:timers/promises').setTimeout;
${CHECK}${CLIENT}
const steps = async (id) => { for (let i = 0; i < 5; i++) { await sleep(Math.random() * 4); check('a step', id); await null; check('await', id); } };
const server = http.createServer((request, response) => als.run(request.url.slice(1), async () => {
  const id = request.url.slice(1);
  for await (const chunk of request) check('the body', id);
  await steps(id);
  response.on('finish', () => check('finish', id));
  response.end('answer ' + als.getStore());
}));
server.listen(0, async () => { await requestAll(server.address().port); check('all requests', undefined); server.close(); console.log('done'); });
`;

/** A thread of its own, and text that is compiled when it runs. */
export const THREADS = `
const { AsyncLocalStorage } = require('node:async_hooks');
const vm = require('node:vm');
const { isMainThread, Worker } = require('node:worker_threads');
if (isMainThread) new Worker(__filename).on('exit', main);
else main();
function main() {
${CHECK}
  const AsyncGeneratorFunction = (async function* () {}).constructor;
  const one = async (i) => {
    await vm.runInNewContext('(async () => { await null; check("a context of vm", i) })()', { check, i });
    await vm.runInThisContext('(async (check, i) => { await null; check("a script of vm", i) })')(check, i);
    await vm.compileFunction('return (async () => { await null; check("a function of vm", i) })()', ['check', 'i'])(check, i);
    await new Function('check', 'i', 'return (async () => { await null; check("Function", i) })()')(check, i);
    for await (const part of new AsyncGeneratorFunction('check', 'i', 'await null; yield check("AsyncGeneratorFunction", i)')(check, i)) check('its value', i);
    await (await import('data:text/javascript,export default async (check, i) => { await null; check("a module of data", i) }')).default(check, i);
  };
  Promise.all(Array.from({ length: 50 }, (_, i) => als.run(i, () => one(i)))).then(() => console.log('done'));
}
`;

/** Packages' own code between the handlers: Hono awaits, Express calls back. */
export const FRAMEWORKS = `
import { serve } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import { contextStorage, getContext } from 'hono/context-storage';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
${CHECK}${CLIENT}
const app = new Hono();
app.use(contextStorage());
app.use(async (c, next) => { await sleep(Math.random() * 4); c.set('id', c.req.path.slice(1)); await als.run(c.req.path.slice(1), next); });
app.use(async (c, next) => { check('a middleware', c.get('id')); await next(); check('the way back', c.get('id')); });
app.get('/:id', async (c) => { const id = c.req.param('id'); await sleep(Math.random() * 4); check('the handler', id); await null; return c.text('answer ' + getContext().get('id')); });
const hono = serve({ fetch: app.fetch, port: 0 }, async ({ port }) => {
  await requestAll(port);
  hono.close();
  const web = express();
  web.use((request, response, next) => setTimeout(() => als.run(request.path.slice(1), next), Math.random() * 4));
  web.use(express.json());
  web.use((request, response, next) => { check('a callback', request.path.slice(1)); setImmediate(() => process.nextTick(next)); });
  web.get('/:id', async (request, response) => { await sleep(Math.random() * 4); check('an async handler', request.params.id); response.send('answer ' + als.getStore()); });
  const server = web.listen(0, async () => { await requestAll(server.address().port); server.close(); console.log('done'); });
});
`;

/** Lines and columns of what threw, in Node's words. */
export const TRACES = `
const f = async (x) => { await x; await g(
  await 1,
  2); };
async function g() { await null; const e = await h(); }
async function h() { await null; await null; const z = (await 1, await 2, new Error('boom')); throw z; }
try { await f(1) } catch (e) { console.log(e.stack) }
const made = [await 1, await import('node:fs'), new Error('made')]; console.log(made[2].stack);
await Promise.all([f()]).catch((e) => console.log(e.stack));
try { (await null).x } catch (e) { console.log(e.stack) }
try { (await null)() } catch (e) { console.log(e.stack) }
`;
