/** Proportional set size of a browser's renderers (proc(5), smaps_rollup). */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';

const KILOBYTE = 1024;

/** Megabytes; undefined where there is no /proc. */
export async function renderersMegabytes(browser: Browser): Promise<number | undefined> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as { processInfo: { type: string; id: number }[] };
  await session.detach();
  const sizes = await Promise.all(processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => setSize(id)));
  return sizes.some((size) => size === undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) / KILOBYTE;
}

/** Kilobytes. */
async function setSize(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const match = /^Pss:\s+(\d+) kB$/m.exec(text);
  return match === null ? undefined : Number(match[1]);
}
