/** Proportional set size of the browser's renderers with an environment at rest: editor open, dev server running, types checked (proc(5), smaps_rollup). */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchPlain, type PlainBrowser } from './plain-browser.ts';
import type { Product } from './product.ts';
import { RENDERED } from './rendered.ts';

const KILOBYTE = 1024;
const ASK_EVERY_MS = 100;
const LOOK_EVERY_MS = 5000;
/** At rest when two looks differ by less than this part. */
const AT_REST = 0.01;
const MOST_LOOKS = 18;

export interface Memory {
  /** Megabytes of all renderers when the page has just been painted. */
  painted: number;
  /** Megabytes of all renderers at rest. */
  rest: number;
  /** Megabytes of the renderers before any page is open: the browser's own surface, an empty tab and a spare. Part of the others. */
  browser: number;
}

/** Undefined where there is no /proc. */
export async function measureMemory(product: Product, executable: string): Promise<Memory | undefined> {
  const browser = await launchPlain(executable);
  try {
    await sleep(LOOK_EVERY_MS);
    const own = await renderersMegabytes(browser);
    if (own === undefined) return undefined;
    const tab = await browser.tab();
    await browser.navigate(tab, product.signInLink);
    await until(browser, (url) => url.startsWith(product.origin), 'document.readyState === "complete" && !location.search');
    await browser.navigate(tab, `${product.origin}/e/${await product.create()}`);
    await until(browser, (url) => /--\d+\.preview\./.test(url), `(${RENDERED.toString()})()`);
    const painted = (await renderersMegabytes(browser)) ?? 0;
    return { browser: own, painted, rest: await atRest(browser, painted) };
  } finally {
    await browser.close();
  }
}

/** Two looks in a row that show the same. Chromium gives memory back about half a minute after the last work. */
async function atRest(browser: PlainBrowser, before: number): Promise<number> {
  let last = before;
  let same = 0;
  for (let look = 0; look < MOST_LOOKS && same < 3; look++) {
    await sleep(LOOK_EVERY_MS);
    const size = (await renderersMegabytes(browser)) ?? 0;
    same = Math.abs(size - last) < last * AT_REST ? same + 1 : 0;
    last = size;
  }
  return last;
}

async function until(browser: PlainBrowser, isIt: (url: string) => boolean, expression: string): Promise<void> {
  for (;;) {
    const target = (await browser.targets()).find(({ type, url }) => (type === 'page' || type === 'iframe') && isIt(url));
    if (target !== undefined && (await browser.evaluate(target.targetId, expression).catch(() => false)) === true) return;
    await sleep(ASK_EVERY_MS);
  }
}

async function renderersMegabytes(browser: PlainBrowser): Promise<number | undefined> {
  const renderers = (await browser.processes()).filter(({ type }) => type === 'renderer');
  const sizes = await Promise.all(renderers.map(({ id }) => setSize(id)));
  return sizes.some((size) => size === undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) / KILOBYTE;
}

/** Kilobytes. */
async function setSize(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const match = /^Pss:\s+(\d+) kB$/m.exec(text);
  return match === null ? undefined : Number(match[1]);
}
