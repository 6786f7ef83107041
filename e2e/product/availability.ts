/**
 * Requests to the preview of an environment while what it runs on is disturbed: all service workers of its browser are stopped, the network between it and
 * the server swallows everything for 5 s, the tab that runs it is reloaded. Half of them come from a program that has the share link, half from the page in
 * the preview itself. A request is what somebody wants to have: whoever is told that it cannot be had at the moment asks again, as a browser's page does.
 */
import http from 'node:http';
import type { CDPSession, Page } from 'playwright-core';
import { launchOver, newProfile } from './browser.ts';
import { networkTo, type Network } from './cut.ts';
import { createServerProcess, type ServerProcess } from './server.ts';
import { previewFrame, previewText } from './preview-frame.ts';

export interface AvailabilityOptions {
  requests: number;
  perSecond: number;
  /** Between one fault and the next; they come in turn. */
  faultEveryMs: number;
}

export interface Availability {
  asked: number;
  /** Of these, with 200 and the file's text within 10 s of the first try. */
  answered: number;
  /** Of each kind of fault, how often it came. */
  faults: Record<Fault, number>;
  slowestMs: number;
  /** What those got last that were not answered. */
  failures: string[];
}

type Fault = 'workers' | 'cut' | 'reload';
const FAULTS: readonly Fault[] = ['workers', 'cut', 'reload'];
const START_MS = 60_000;
const LIMIT_MS = 10_000;
const CUT_MS = 5000;
const AGAIN_MS = 100;
const FILE = '/src/App.tsx';
const EXPECTED = 'Count is';

interface Disturbed {
  page: Page;
  devtools: CDPSession;
  network: Network;
  share: URL;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function measureAvailability(options: AvailabilityOptions): Promise<Availability> {
  const server = await createServerProcess();
  await server.start();
  const { port } = new URL(server.origin);
  const network = await networkTo(Number(port));
  const browser = await launchOver(port, network.port);
  try {
    const page = await server.signIn(await newProfile(browser));
    return await measured(await opened(server, page, network), options);
  } finally {
    await browser.close();
    await network.close();
    await server.dispose();
  }
}

async function opened(server: ServerProcess, page: Page, network: Network): Promise<Disturbed> {
  const id = await server.create('react-ts');
  await page.goto(`${server.origin}/e/${id}`);
  const limit = AbortSignal.timeout(START_MS);
  while (!(await previewText(page)).includes(EXPECTED)) {
    if (limit.aborted) throw new Error('The preview did not come up.');
    await pause(AGAIN_MS);
  }
  const response = await server.api(`/api/environments/${id}/shares`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  const { url } = (await response.json()) as { url: string };
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('ServiceWorker.enable');
  return { page, devtools, network, share: new URL(url) };
}

async function measured(at: Disturbed, { requests, perSecond, faultEveryMs }: AvailabilityOptions): Promise<Availability> {
  const result: Availability = { asked: 0, answered: 0, faults: { workers: 0, cut: 0, reload: 0 }, slowestMs: 0, failures: [] };
  const began = performance.now();
  const waiting: Promise<void>[] = [];
  let disturbing: Promise<unknown> = Promise.resolve();
  for (let n = 0, faults = 0; n < requests; n++) {
    await pause(Math.max(0, began + (n * 1000) / perSecond - performance.now()));
    if (performance.now() - began > (faults + 0.5) * faultEveryMs) {
      const fault = FAULTS[faults++ % FAULTS.length] ?? 'workers';
      result.faults[fault]++;
      disturbing = disturbing.then(() => disturb(at, fault));
    }
    waiting.push(ask(at, n % 2 === 0 ? fromProgram : fromPage, result));
  }
  await Promise.all([...waiting, disturbing]);
  return result;
}

async function disturb({ page, devtools, network }: Disturbed, fault: Fault): Promise<void> {
  if (fault === 'workers') await devtools.send('ServiceWorker.stopAllWorkers');
  else if (fault === 'reload') await page.reload({ waitUntil: 'commit' });
  else {
    network.cut();
    await pause(CUT_MS);
    network.heal();
  }
}

type Source = (at: Disturbed, limit: AbortSignal) => Promise<string>;

async function ask(at: Disturbed, source: Source, result: Availability): Promise<void> {
  const began = performance.now();
  const limit = AbortSignal.timeout(LIMIT_MS);
  const late = new Promise<string>((resolve) => limit.addEventListener('abort', () => resolve('no answer'), { once: true }));
  let got = '';
  result.asked++;
  do {
    got = await Promise.race([source(at, limit).catch(String), late]);
    if (got !== '') await pause(AGAIN_MS);
  } while (got !== '' && !limit.aborted);
  if (got !== '') return void result.failures.push(`${source.name} at ${result.asked}: ${got}`);
  result.answered++;
  result.slowestMs = Math.max(result.slowestMs, performance.now() - began);
}

const judged = (status: number, text: string): string => (status === 200 && text.includes(EXPECTED) ? '' : `${status} ${text.slice(0, 200)}`);

/** `*.localhost` is for browsers and curl; Node asks the address with the name. */
function fromProgram({ share }: Disturbed, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    http.get({ host: '127.0.0.1', port: share.port, path: FILE, headers: { host: share.host }, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => void (text += piece)).on('end', () => resolve(judged(response.statusCode ?? 0, text))).on('error', reject);
    }).on('error', reject);
  });
}

async function fromPage({ page }: Disturbed): Promise<string> {
  const answer = await previewFrame(page)?.evaluate(async (path) => {
    const response = await fetch(path, { cache: 'no-store' });
    return { status: response.status, text: await response.text() };
  }, FILE);
  return answer === undefined ? 'no page' : judged(answer.status, answer.text);
}
