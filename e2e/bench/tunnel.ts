/** What a share link's way through the server and the host's tab costs: a small request beside the same one asked inside the container, and a large answer. */
import http from 'node:http';
import type { Browser } from 'playwright-core';
import type { HostLink } from '../../server/host-link/links.ts';
import { median } from './figures.ts';
import { openNew, type Product } from './product.ts';

const PORT = 3100;
const REQUESTS = 200;
const BIG_BYTES = 64 * 1024 * 1024;
const RUNS = 3;

/** Runs in the container: one small answer, one large. */
const SERVER = `
const piece = Buffer.alloc(64 * 1024, 'x');
require('http').createServer((request, response) => {
  if (request.url !== '/big') return response.end('small');
  let left = ${BIG_BYTES};
  const more = () => { while (left > 0) { left -= piece.length; if (!response.write(piece)) return void response.once('drain', more); } response.end(); };
  more();
}).listen(${PORT}, () => console.log('listening'));
`;

/** Runs in the container: milliseconds of each request to that server. */
const CLIENT = `
const http = require('http');
const agent = new http.Agent({ keepAlive: true });
const ask = () => new Promise((resolve, reject) => http.get({ port: ${PORT}, agent }, (response) => response.resume().on('end', resolve)).on('error', reject));
(async () => {
  const times = [];
  for (let i = 0; i < ${REQUESTS}; i++) { const start = performance.now(); await ask(); times.push(performance.now() - start); }
  console.log(JSON.stringify(times));
  process.exit();
})();
`;

export interface TunnelFigures {
  /** Milliseconds that the tunnel adds to a request, median. */
  overhead: number;
  /** Megabytes (10^6 bytes) a second of a large answer. */
  mbps: number;
}

export async function measureTunnel(product: Product, browser: Browser): Promise<TunnelFigures> {
  const page = await product.signIn(await browser.newContext({ viewport: { width: 1440, height: 900 } }));
  await openNew(product, page);
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const link = await product.hosts.require(id, AbortSignal.timeout(10_000));
  const life = new AbortController();
  const reader = link.run({ command: 'node', args: ['-e', SERVER] }, life.signal).output.getReader();
  await reader.read();
  const share = await product.sharing.shares.create(id, { role: 'viewer', ports: [PORT] });
  const host = new URL(product.sharing.urls(share)[0]?.url ?? '').host;
  const inside = await insideTimes(link, life.signal);
  const through = await throughTimes(product, host);
  const rates: number[] = [];
  for (let run = 0; run < RUNS; run++) rates.push(await rate(product, host));
  life.abort();
  await page.context().close();
  return { overhead: median(through) - median(inside), mbps: median(rates) };
}

async function insideTimes(link: HostLink, signal: AbortSignal): Promise<number[]> {
  let printed = '';
  for await (const text of link.run({ command: 'node', args: ['-e', CLIENT] }, signal).output) printed += text;
  return JSON.parse(printed) as number[];
}

async function throughTimes(product: Product, host: string): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < REQUESTS; index++) {
    const start = performance.now();
    await ask(product, host, '/');
    times.push(performance.now() - start);
  }
  return times;
}

async function rate(product: Product, host: string): Promise<number> {
  const start = performance.now();
  const bytes = await ask(product, host, '/big');
  if (bytes !== BIG_BYTES) throw new Error(`${bytes} bytes came, ${BIG_BYTES} were sent.`);
  return bytes / 1000 / (performance.now() - start);
}

const agent = new http.Agent({ keepAlive: true });

/** Node resolves no `*.localhost`: to loopback, under that name. Resolves with the length of the answer. */
function ask(product: Product, host: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port: new URL(product.origin).port, path, agent, headers: { host } }, (response) => {
      let bytes = 0;
      response.on('data', (piece: Buffer) => (bytes += piece.length));
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}
