/** Milliseconds from one member's key to another member's screen, and to that one's preview, both on this machine with a container each. */
import type { Browser } from 'playwright-core';
import type { Opened, Product } from './product.ts';
import { openNew } from './product.ts';
import { headingSays, PAUSE_MS, RENDERED } from './rendered.ts';

export interface SharedFigures {
  /** To the text in the other's editor, drawn. */
  keys: number[];
  /** To the other's preview. */
  previews: number[];
}

const REST_MS = 6000;

/** Runs in a page: resolves with the frame in which the editor shows this. */
const editorSays = (wanted: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const lines = document.querySelector('.view-lines');
    const holds = (): boolean => lines?.textContent?.replaceAll('\u00a0', ' ').includes(wanted) === true;
    const done = (): void => {
      clearTimeout(timer);
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(resolve));
    };
    const observer = new MutationObserver(() => holds() && done());
    const timer = setTimeout(() => reject(new Error(`The editor does not show ${wanted}.`)), 20_000);
    if (lines !== null) observer.observe(lines, { subtree: true, childList: true, characterData: true });
    if (holds()) done();
  });

export async function sharedEdits(product: Product, launch: () => Promise<Browser>, count: number): Promise<SharedFigures> {
  const browsers = [await launch(), await launch()];
  try {
    const pages = await Promise.all(browsers.map(async (browser) => product.signIn(await browser.newContext({ viewport: { width: 1440, height: 900 } }))));
    const [writer, reader] = pages;
    if (writer === undefined || reader === undefined) throw new Error('Two pages were opened.');
    await openNew(product, writer);
    await reader.goto(writer.url());
    const frame = await theirPreview(reader);
    await reader.waitForTimeout(REST_MS);
    await writer.locator('.view-line', { hasText: '<h1>' }).first().click();
    await writer.keyboard.press('End');
    for (let step = 0; step < '</h1>'.length; step++) await writer.keyboard.press('ArrowLeft');
    const figures: SharedFigures = { keys: [], previews: [] };
    let expected = 'React + TypeScript';
    for (let edit = 0; edit <= count; edit++) {
      await writer.waitForTimeout(PAUSE_MS);
      const letter = String.fromCharCode(97 + (edit % 26));
      expected += letter;
      const seen = Promise.all([since(reader.evaluate(editorSays, expected)), since(frame.evaluate(headingSays, expected))]);
      const started = performance.now();
      await writer.keyboard.insertText(letter);
      const [key, preview] = await seen;
      // The first one finds everything cold.
      if (edit === 0) continue;
      figures.keys.push(key - started);
      figures.previews.push(preview - started);
    }
    return figures;
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
  }
}

const since = async (event: Promise<unknown>): Promise<number> => {
  await event;
  return performance.now();
};

async function theirPreview(page: Parameters<typeof openNew>[1]): Promise<Opened['frame']> {
  for (;;) {
    const frame = page.frames().find((one) => /--\d+\.preview\./.test(one.url()) && !one.url().includes('~terrarium'));
    if (frame !== undefined && (await frame.evaluate(RENDERED).catch(() => false))) return frame;
    await page.waitForTimeout(100);
  }
}
