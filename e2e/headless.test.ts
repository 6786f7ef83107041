/** An environment runs with nobody's tab open: the server's own browser is its host until a person comes, and again when that one has left (server/headless/SPEC.md). */
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { launchHeadless } from '../server/headless/browser.ts';
import type { HostLink } from '../server/host-link/links.ts';
import { startProduct } from './bench/product.ts';
import { runningProduct } from './product/in-process.ts';

const running = runningProduct();
const signal = new AbortController().signal;
let id: string;
let link: HostLink;

const hostOfKind = (kind: HostLink['kind']): Promise<HostLink> =>
  vi.waitFor(() => {
    const host = running.product.hosts.of(id);
    return host?.kind === kind ? host : Promise.reject(new Error(`the host is ${host?.kind}`));
  }, { timeout: 60_000, interval: 50 });

async function printed(host: HostLink, command: string): Promise<string> {
  let all = '';
  for await (const text of host.run({ command: 'sh', args: ['-c', command] }, signal).output) all += text;
  return all;
}

const devServerAnswers = (host: HostLink, path: string): Promise<string> =>
  vi.waitFor(async () => {
    const answer = await host.request(5173, new Request(`http://x${path}`, { headers: { host: 'localhost:5173' } }), signal);
    expect(answer.status).toBe(200);
    return await answer.text();
  }, { timeout: 60_000, interval: 100 });

const stored = async (file: string): Promise<Response> => fetch(`${running.product.origin}/api/environments/${id}/files/${file}`, { headers: { authorization: `Bearer ${running.product.ownerToken}` } });

beforeAll(async () => {
  id = await running.product.create('react-ts');
});
afterAll(() => running.product.headless.close());

test('HB5 who asks for the host of an environment that nobody has open gets one, and all who ask get the same', async () => {
  const [one, other] = await Promise.all([running.product.hosts.require(id, signal), running.product.hosts.require(id, signal)]);
  expect(one).toBe(other);
  expect([one.kind, running.product.headless.running()]).toEqual(['headless', [id]]);
  link = one;
});

test('its dev server runs, programs run, and what they write is in the document', async () => {
  expect(await devServerAnswers(link, '/src/App.tsx')).toContain('import.meta.hot');
  expect(await printed(link, 'node -p "6 * 7" && echo made > made.txt')).toBe('42\n');
  await vi.waitFor(async () => expect(await (await stored('made.txt')).text()).toBe('made\n'), { timeout: 10_000, interval: 50 });
});

test('HB2 its browser reaches this server and nothing else', async () => {
  const { origin } = running.product;
  const answering = createServer((_request, response) => response.end('reached')).listen(0);
  await once(answering, 'listening');
  const { port } = answering.address() as AddressInfo;
  const { browser, close } = await launchHeadless({ executable: undefined, appOrigin: origin, egress: [] });
  try {
    const outcome = async (url: string): Promise<string> => {
      const page = await browser.newPage();
      const result = await page.goto(url).then((response) => `reached: ${response?.status()}`, (error: Error) => /net::(\w+)/.exec(error.message)?.[1] ?? error.message);
      await page.close();
      return result;
    };
    const ownPort = new URL(origin).port;
    for (const url of [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `http://[::1]:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`, `http://2130706433:${port}/`, `http://0x7f.1:${port}/`, `http://x.localhost:${port}/`, `http://127.0.0.1:${ownPort}/`, 'http://169.254.169.254/', 'https://example.com/']) {
      expect(await outcome(url), url).toBe('ERR_PROXY_CONNECTION_FAILED');
    }
    expect(await outcome(`${origin}/healthz`)).toBe('reached: 200');
    expect(await outcome(`${origin.replace('localhost', 'packages.preview.localhost')}/`)).toMatch(/^reached: /);
  } finally {
    await close();
    answering.close();
  }
});

test('HB1 HB4 its processes are nobody\'s, without the server\'s environment variables', async () => {
  const own = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((name) => {
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes('terrarium-headless-');
    } catch {
      return false;
    }
  });
  expect(own.length).toBeGreaterThan(2);
  for (const name of own) {
    expect(statSync(`/proc/${name}`).uid).not.toBe(0);
    expect(readFileSync(`/proc/${name}/cmdline`, 'latin1')).not.toContain('no-sandbox');
    expect(readFileSync(`/proc/${name}/environ`, 'latin1')).not.toContain('npm_');
  }
});

test('HB9 a person who opens the environment is its host, and the server\'s browser again when that one has left', async () => {
  const page = await running.person();
  await page.goto(`${running.product.origin}/e/${id}`);
  const person = await hostOfKind('person');
  expect(person.epoch).toBeGreaterThan(link.epoch);
  expect(await devServerAnswers(person, '/made.txt')).toBe('made\n');
  await expect(link.ports()).rejects.toMatchObject({ code: 'E-TERRARIUM-1321' });
  await page.context().close();
  const again = await hostOfKind('headless');
  expect(again.epoch).toBeGreaterThan(person.epoch);
  expect(await printed(again, 'cat made.txt')).toBe('made\n');
});

test('HB3 an environment that is terminated takes its page and its member along', async () => {
  const headers = { authorization: `Bearer ${running.product.ownerToken}` };
  await fetch(`${running.product.origin}/api/environments/${id}`, { method: 'DELETE', headers });
  await vi.waitFor(() => expect(running.product.headless.running()).toEqual([]), { timeout: 10_000 });
  expect(running.product.hosts.of(id)).toBeUndefined();
});

test('HB6 HB7 HB8 the least used gives way, who is busy does not, and what is idle or too large is closed', async () => {
  const product = await startProduct({ headless: { max: 1, idle: 0, memory_mb: 2048, executable: undefined, egress: [] } });
  try {
    const { hosts, headless } = product;
    const [one, two] = await Promise.all([product.create('static-html'), product.create('static-html')]);
    await hosts.require(one, signal);
    const second = await hosts.require(two, signal);
    expect(headless.running()).toEqual([two]);
    const busy = second.run({ command: 'sleep', args: ['60'] }, signal);
    await expect(hosts.require(one, signal)).rejects.toMatchObject({ code: 'E-TERRARIUM-1392' });
    await headless.tidy();
    expect(headless.running()).toEqual([two]);
    busy.kill('SIGKILL');
    for await (const _text of busy.output) { /* its end */ }
    expect(await busy.exit).toBe(137);
    await headless.tidy();
    expect(headless.running()).toEqual([]);
  } finally {
    await product.stop();
  }
});

test('HB8 a browser that takes more memory than it may loses its least used page', async () => {
  const product = await startProduct({ headless: { max: 2, idle: 3_600_000, memory_mb: 1, executable: undefined, egress: [] } });
  try {
    const id = await product.create('static-html');
    await product.hosts.require(id, signal);
    await product.headless.tidy();
    expect(product.headless.running()).toEqual([]);
  } finally {
    await product.stop();
  }
});

test('HB10 a machine without a browser says how to get one', async () => {
  const product = await startProduct({ headless: { max: 1, idle: 0, memory_mb: 2048, executable: '/nowhere/chromium', egress: [] } });
  try {
    const id = await product.create('static-html');
    await expect(product.hosts.require(id, signal)).rejects.toMatchObject({ code: 'E-TERRARIUM-1390', message: expect.stringContaining('/nowhere/chromium') as string });
    expect(product.headless.running()).toEqual([]);
  } finally {
    await product.stop();
  }
});
