/** The preview in an open workspace; for the tests and for `npm run bench`, where Vitest is not. */
import type { Frame, Page } from 'playwright-core';

export const previewFrame = (page: Page): Frame | undefined => page.frames().find((frame) => /--\d+\.preview\./.test(frame.url()) && frame.parentFrame() === page.mainFrame() && !frame.url().includes('~terrarium'));

/** What the preview shows; empty while it shows nothing. */
export const previewText = async (page: Page): Promise<string> => (await previewFrame(page)?.evaluate(() => document.body.innerText).catch(() => '')) ?? '';
