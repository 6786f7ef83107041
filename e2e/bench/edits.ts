/** Milliseconds from an edit's transaction in the document to the change in the preview, for each of `count` edits. */
import type { BrowserContext, Frame, Page } from 'playwright-core';
import { headingSays, PAUSE_MS } from './rendered.ts';

/** An environment that has just started has other things to do: types to read, packages to bring for offline. */
const REST_MS = 6000;

interface Noting {
  terrariumEditAt?: number;
}

/**
 * Pages of this context note when text comes to the editor, before the editor sees it: its transaction is a millisecond later. What a driver's
 * message takes to become a key's text is nothing that a person waits for.
 */
export async function noteEdits(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const { addEventListener } = EventTarget.prototype;
    const noting = new WeakSet<EventTarget>();
    EventTarget.prototype.addEventListener = function (this: EventTarget, ...args: Parameters<typeof addEventListener>) {
      if (args[0] === 'textupdate' && !noting.has(this)) {
        noting.add(this);
        addEventListener.call(this, 'textupdate', () => void ((globalThis as Noting).terrariumEditAt = performance.timeOrigin + performance.now()));
      }
      addEventListener.apply(this, args);
    };
  });
}

/** Types into the heading of `src/App.tsx`, which the page has open; its context is one of `noteEdits`. */
export async function productEdits(page: Page, frame: Frame, count: number): Promise<number[]> {
  const samples: number[] = [];
  await page.waitForTimeout(REST_MS);
  await page.locator('.view-line', { hasText: '<h1>' }).first().click();
  await page.keyboard.press('End');
  for (let step = 0; step < '</h1>'.length; step++) await page.keyboard.press('ArrowLeft');
  let expected = 'React + TypeScript';
  for (let edit = 0; edit <= count; edit++) {
    // Vite's watcher takes two writes within its settling time for one, natively as here.
    await page.waitForTimeout(PAUSE_MS);
    const letter = String.fromCharCode(97 + (edit % 26));
    expected += letter;
    const seen = frame.evaluate(headingSays, expected);
    await page.keyboard.insertText(letter);
    const seenAt = await seen;
    const editedAt = await page.evaluate(() => (globalThis as Noting).terrariumEditAt);
    if (editedAt === undefined) throw new Error('The editor took the letter otherwise than by an EditContext: this bench knows no other way.');
    if (edit > 0) samples.push(seenAt - editedAt);
  }
  return samples;
}
