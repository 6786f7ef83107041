/** Milliseconds from an edit in the editor to the change in the preview, for each of `count` edits. */
import type { Frame, Page } from 'playwright-core';
import { headingSays, PAUSE_MS } from './rendered.ts';

/** An environment that has just started has other things to do: types to read, packages to bring for offline. */
const REST_MS = 6000;

/** Types into the heading of `src/App.tsx`, which the page has open. */
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
    const started = performance.now();
    await page.keyboard.insertText(letter);
    await seen;
    if (edit > 0) samples.push(performance.now() - started);
  }
  return samples;
}
