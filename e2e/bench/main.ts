/**
 * `npm run bench -- [--json] [--only prefix,…]`: how fast the product is, and the same work natively on the same machine in the same run.
 * Times are milliseconds; each is the median of several runs where it is not said otherwise. `create.…` is timed from the press of Create in the page,
 * `create.….link` from the API call that creates an environment whose link is then opened: without the head start that the dialog gives.
 */
import { parseArgs } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { measureBackends } from './backends.ts';
import { noteEdits, productEdits } from './edits.ts';
import { measureAvailability } from '../product/availability.ts';
import { asJson, asTable, median, percentile, type Figures } from './figures.ts';
import { measureLoad } from './load.ts';
import { measureMemory } from './memory.ts';
import { nativeEdits, startNative } from './native.ts';
import { measureTunnel } from './tunnel.ts';
import { createInPage, openNew, startProduct, type Opened, type Product } from './product.ts';
import { sharedEdits } from './shared-edits.ts';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
const prefixes = options.only?.split(',');
const wants = (...names: string[]): boolean => prefixes === undefined || names.some((name) => prefixes.some((prefix) => name.startsWith(prefix)));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const RUNS = 5;
const EDITS = 20;
const SETTLE_MS = 2500;
const figures: Figures = new Map();

const CHROMIUM = process.env['TERRARIUM_CHROMIUM'] ?? '/usr/bin/chromium';
const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-features=MediaRouter'] });

type Create = (product: Product, page: Page) => Promise<Opened>;

/** One environment in a browser that has never seen Terrarium. */
async function cold(product: Product, create: Create): Promise<Opened> {
  const browser = await launch();
  try {
    return await create(product, await product.signIn(await browser.newContext({ viewport: { width: 1440, height: 900 } })));
  } finally {
    await browser.close();
  }
}

/** New environments in one browser profile, each in both ways; the last one stays open for what is measured in it. */
async function warm(product: Product): Promise<{ browser: Browser; byLink: Opened[]; opened: Opened[]; page: Page }> {
  const browser = await launch();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await noteEdits(context);
  const page = await product.signIn(context);
  const [byLink, opened]: [Opened[], Opened[]] = [[], []];
  for (let run = 0; run <= RUNS; run++) {
    for (const [create, made] of [[openNew, byLink], [createInPage, opened]] as const) {
      // The environment before ends, and what it still had to do with it.
      await page.goto(product.origin);
      await page.waitForTimeout(SETTLE_MS);
      const one = await create(product, page);
      // The first one warms the profile.
      if (run > 0) made.push(one);
      say(`  new environment ${run}${made === byLink ? ' by link' : ''}: ${one.createMs.toFixed(0)} ms`);
    }
  }
  return { browser, byLink, opened, page };
}

function note(name: string, samples: readonly number[]): void {
  if (samples.length > 0) figures.set(name, median(samples));
}

function notePhases(prefix: string, opened: readonly Opened[]): void {
  for (const phase of opened[0]?.phases.keys() ?? []) note(`${prefix}.${phase}.ms`, opened.flatMap(({ phases }) => phases.get(phase) ?? []));
}

async function noteMemory(product: Product): Promise<void> {
  say('Memory: an environment in a browser that nobody drives, until it rests');
  const memory = await measureMemory(product, CHROMIUM);
  if (memory === undefined) return;
  figures.set('memory.mb', memory.rest);
  figures.set('memory.painted.mb', memory.painted);
  figures.set('memory.browser.mb', memory.browser);
}

async function noteTunnel(product: Product): Promise<void> {
  say('Share link: requests and a large answer through the server and a tab');
  const browser = await launch();
  const { overhead, mbps } = await measureTunnel(product, browser);
  figures.set('tunnel.overhead.p50.ms', overhead);
  figures.set('tunnel.mbps', mbps);
  await browser.close();
}

async function benchProduct(): Promise<void> {
  const product = await startProduct();
  try {
    if (wants('create.cold', 'phase.cold')) {
      say('Cold browser: create an environment, up to the rendered page');
      await cold(product, createInPage);
      const opened: Opened[] = [];
      const byLink: Opened[] = [];
      for (let run = 0; run < RUNS; run++) {
        opened.push(await cold(product, createInPage));
        byLink.push(await cold(product, openNew));
      }
      note('create.cold.ms', opened.map(({ createMs }) => createMs));
      note('create.cold.link.ms', byLink.map(({ createMs }) => createMs));
      notePhases('phase.cold', opened);
    }
    if (wants('memory')) await noteMemory(product);
    if (wants('tunnel')) await noteTunnel(product);
    if (!wants('create.warm', 'phase.warm', 'install.warm', 'hmr.p')) return;
    say('Used browser: the same');
    const { browser, byLink, opened, page } = await warm(product);
    note('create.warm.ms', opened.map(({ createMs }) => createMs));
    note('create.warm.link.ms', byLink.map(({ createMs }) => createMs));
    note('install.warm.ms', opened.flatMap(({ phases }) => phases.get('install') ?? []));
    notePhases('phase.warm', opened);
    const last = opened.at(-1);
    if (last !== undefined && wants('hmr.p')) {
      say(`Edits in the editor: ${EDITS}`);
      const samples = await productEdits(page, last.frame, EDITS);
      figures.set('hmr.p50.ms', percentile(samples, 0.5));
      figures.set('hmr.p95.ms', percentile(samples, 0.95));
    }
    await browser.close();
  } finally {
    await product.stop();
  }
}

/** What one server process holds, and how long a member's key takes to another member. */
async function benchSync(): Promise<void> {
  if (wants('backend.cold', 'backend.redeploy')) await measureBackends(figures);
  if (wants('sync.load')) {
    say('Load: 500 environments, 2,000 members, an edit every 2 s each');
    const load = await measureLoad({ environments: 500, members: 4, every: 2000, seconds: 30, say });
    say(`  p50 ${load.p50.toFixed(1)} ms, ${load.cpu.toFixed(2)} processors of the server, ${load.lost} edits not delivered`);
    figures.set('sync.load.p95.ms', load.p95);
    figures.set('sync.load.memory.mb', load.memoryMb);
  }
  if (!wants('sync.key', 'sync.preview')) return;
  say(`Edits of one member, seen by another: ${EDITS}`);
  const product = await startProduct();
  try {
    const shared = await sharedEdits(product, launch, EDITS);
    note('sync.key.p50.ms', shared.keys);
    note('sync.preview.p50.ms', shared.previews);
  } finally {
    await product.stop();
  }
}

/** Ten thousand requests while each disturbance comes once a minute. It takes four minutes, so that it runs for who names it alone. */
async function benchAvailability(): Promise<void> {
  say('Requests to a preview: service workers stopped, network cut for 5 s, tab reloaded, each once a minute');
  const { asked, answered, faults, slowestMs, failures } = await measureAvailability({ requests: 10_000, perSecond: 42, faultEveryMs: 20_000 });
  say(`  ${answered} of ${asked} answered, ${JSON.stringify(faults)}`);
  for (const failure of failures.slice(0, 20)) say(`  ${failure}`);
  figures.set('availability.percent', (100 * answered) / asked);
  figures.set('availability.slowest.ms', slowestMs);
}

async function benchNative(): Promise<void> {
  say('Native: npm ci, vite, the page');
  const browser = await launch();
  const runs: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const project = await startNative(browser);
    // The first fills npm's cache.
    if (run > 0) runs.push(project.createMs);
    if (run === RUNS && wants('hmr.native')) {
      const samples = await nativeEdits(project, EDITS);
      figures.set('hmr.native.p50.ms', percentile(samples, 0.5));
      figures.set('hmr.native.p95.ms', percentile(samples, 0.95));
    }
    await project.stop();
  }
  note('create.native.ms', runs);
  await browser.close();
}

if (wants('create.native', 'hmr.native')) await benchNative();
if (wants('create.cold', 'create.warm', 'phase', 'install', 'hmr.p', 'memory', 'tunnel')) await benchProduct();
if (wants('backend.cold', 'backend.redeploy', 'sync.load', 'sync.key', 'sync.preview')) await benchSync();
if (prefixes !== undefined && wants('availability')) await benchAvailability();
process.stdout.write(`${options.json ? asJson(figures) : asTable(figures)}\n`);
process.exit(0);
