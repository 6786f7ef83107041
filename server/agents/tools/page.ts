import type { Page } from 'playwright-core';
import type { pageTools } from '../../../shared/agents/tools/page.ts';
import { TerrariumError } from '../../../shared/errors/error.ts';
import { arrive, firstLine } from '../../headless/preview-pages.ts';
import type { PreviewPage, PreviewPages } from '../../headless/preview-pages.ts';
import type { Container } from '../container.ts';
import type { Handlers, ToolContext } from './context.ts';

/** What an action waits for. */
const ACTION_MS = 10_000;
const MAX_TREE = 100_000;
const MAX_TEXT = 2000;
const MAX_ATTRIBUTES = 40;
/** All of a call, the page's own slowness included: a page that has not answered by then is given up. */
const CALL_MS = 15_000;
const OPEN_MS = 30_000;
/** Pixels on a side: what Chromium draws as one texture. */
const MAX_SIDE = 16_384;
const MAX_PIXELS = 40_000_000;
/** Bytes of a PNG: an answer in base64 is a third more. */
const MAX_PICTURE = 12 * 1024 * 1024;
/** Elements: an outline of more takes the browser minutes, and nobody reads it. */
const MAX_ELEMENTS = 20_000;

export function pageHandlers({ pages, container }: { pages: PreviewPages; container: Pick<Container, 'settle'> }): Handlers<keyof typeof pageTools> {
  const of = (context: ToolContext, port: number | undefined): Promise<PreviewPage> =>
    pages.of({ environmentId: context.environment.id, port: port ?? context.environment.port, caller: `${context.author.kind}:${context.author.id}` }, context.signal);

  return {
    async page_open({ path, port, width, height }, context) {
      // What the caller has just written is what it wants to see.
      await container.settle(context.environment.id, context.signal);
      const show = async (preview: PreviewPage) => await acting(preview, context.signal, async () => {
        const { page, origin } = preview;
        if (width !== undefined || height !== undefined) await page.setViewportSize({ ...(page.viewportSize() ?? { width: 1280, height: 800 }), ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) });
        const arrived = await arrive(page, new URL(path, origin).href);
        return { ...(await placeOf(preview)), ...arrived };
      }, OPEN_MS);
      const preview = await of(context, port);
      return await show(preview).catch(async (error: unknown) => {
        // The page that was there may not let go of itself: a new one is not in its hands.
        if (context.signal.aborted || givenUp.has(preview)) throw error;
        preview.drop();
        return await show(await of(context, port));
      });
    },
    async page_screenshot({ port, selector, fullPage }, context) {
      const preview = await of(context, port);
      return await acting(preview, context.signal, async () => {
        const picture = await pictureOf(preview.page, selector, fullPage);
        if (picture.length > MAX_PICTURE) throw cannot(`the picture takes ${picture.length} bytes, and ${MAX_PICTURE} at most; take one of an element`);
        return { ...(await placeOf(preview)), mimeType: 'image/png' as const, image: picture.toString('base64'), ...sizeOfPng(picture) };
      });
    },
    async page_tree({ port, selector }, context) {
      const preview = await of(context, port);
      return await acting(preview, context.signal, async () => {
        const root = preview.page.locator(selector ?? 'body').first();
        const elements = await root.evaluate((element: Element) => element.getElementsByTagName('*').length, undefined, { timeout: ACTION_MS });
        if (elements > MAX_ELEMENTS) throw cannot(`there are ${elements} elements, and ${MAX_ELEMENTS} at most are outlined; name a part with a selector`);
        const tree = await root.ariaSnapshot({ timeout: ACTION_MS });
        return { ...(await placeOf(preview)), tree: tree.slice(0, MAX_TREE), truncated: tree.length > MAX_TREE };
      });
    },
    async page_query({ port, selector, limit }, context) {
      const preview = await of(context, port);
      return await acting(preview, context.signal, async () => {
        const found = preview.page.locator(selector);
        const count = await found.count();
        const elements = await Promise.all(Array.from({ length: Math.min(count, limit) }, (_, index) => elementOf(found.nth(index))));
        return { ...(await placeOf(preview)), count, elements };
      });
    },
    async page_click({ port, selector, button, count }, context) {
      const preview = await of(context, port);
      return await acting(preview, context.signal, async () => {
        await preview.page.locator(selector).first().click({ button, clickCount: count, timeout: ACTION_MS });
        return await placeOf(preview);
      });
    },
    async page_type({ port, selector, text, append }, context) {
      const preview = await of(context, port);
      return await acting(preview, context.signal, async () => {
        const field = preview.page.locator(selector).first();
        if (append) await field.pressSequentially(text, { timeout: ACTION_MS });
        else await field.fill(text, { timeout: ACTION_MS });
        return await placeOf(preview);
      });
    },
    async page_press({ port, key, selector }, context) {
      const preview = await of(context, port);
      return await acting(preview, context.signal, async () => {
        if (selector === undefined) await preview.page.keyboard.press(key);
        else await preview.page.locator(selector).first().press(key, { timeout: ACTION_MS });
        return await placeOf(preview);
      });
    },
  };
}

/** Pages that did not answer in their time. */
const givenUp = new WeakSet<PreviewPage>();

const cannot = (problem: string): TerrariumError => TerrariumError.of('E-TERRARIUM-1394', { problem });

/**
 * Within its time, whatever the page does: one that runs an endless script answers nothing, and is closed.
 * @throws {TerrariumError} 1394 for what the browser could not do
 */
async function acting<T>(preview: PreviewPage, signal: AbortSignal, work: () => Promise<T>, limitMs = CALL_MS): Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  const over = AbortSignal.any([signal, limit]);
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(over.reason);
  over.addEventListener('abort', end, { once: true });
  const working = work();
  // One that comes too late is nobody's.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, ended.promise]);
  } catch (error) {
    if (limit.aborted) {
      givenUp.add(preview);
      preview.drop();
      throw cannot(`it did not answer within ${limitMs / 1000} s, and was closed`);
    }
    throw error instanceof TerrariumError || signal.aborted ? error : cannot(firstLine(error));
  } finally {
    over.removeEventListener('abort', end);
  }
}

/** Of what the browser can draw at once; a page that is longer is shown as far as that. */
async function pictureOf(page: Page, selector: string | undefined, fullPage: boolean): Promise<Buffer> {
  if (selector !== undefined) {
    const element = page.locator(selector).first();
    const box = await element.boundingBox({ timeout: ACTION_MS });
    if (box !== null && isTooLarge(box)) throw cannot(`it is ${Math.round(box.width)} by ${Math.round(box.height)} pixels, and ${MAX_SIDE} on a side and ${MAX_PIXELS} in all at most are drawn`);
    return await element.screenshot({ timeout: ACTION_MS });
  }
  if (!fullPage) return await page.screenshot({ timeout: ACTION_MS });
  const whole = await page.evaluate(() => ({ width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight }));
  if (!isTooLarge(whole)) return await page.screenshot({ fullPage: true, timeout: ACTION_MS });
  const width = Math.min(whole.width, MAX_SIDE);
  return await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(whole.height, MAX_SIDE, Math.floor(MAX_PIXELS / width)) }, timeout: ACTION_MS });
}

const isTooLarge = ({ width, height }: { width: number; height: number }): boolean => width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS;

/** Without the origin, which is the browser's own and leads nowhere else. */
async function placeOf({ page, origin }: PreviewPage): Promise<{ url: string; title: string }> {
  const { origin: at, pathname, search, hash } = new URL(page.url());
  if (at !== origin) throw cannot(`it has left the preview for ${at === 'null' ? page.url().slice(0, 100) : at}; page_open shows the preview again`);
  return { url: `${pathname}${search}${hash}`.slice(0, MAX_TEXT), title: (await page.title()).slice(0, MAX_TEXT) };
}

/** Width and height of a PNG (PNG specification, 11.2.2 IHDR). */
function sizeOfPng(png: Buffer): { width: number; height: number } {
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

interface FoundElement {
  tag: string;
  text: string;
  attributes: Record<string, string>;
  value: string | null;
  visible: boolean;
  x: number;
  y: number;
  width: number;
  height: number;
}

async function elementOf(locator: ReturnType<Page['locator']>): Promise<FoundElement> {
  const visible = await locator.isVisible();
  // Runs in the page.
  const read = await locator.evaluate((element: Element, [maxText, maxAttributes]) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const attributes = Object.fromEntries([...element.attributes].slice(0, maxAttributes).map(({ name, value }) => [name.slice(0, 200), value.slice(0, maxText)]));
    const field = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement ? element.value : null;
    return { tag: element.tagName.toLowerCase(), text: (element.textContent ?? '').slice(0, maxText), attributes, value: field?.slice(0, maxText) ?? null, x, y, width, height };
  }, [MAX_TEXT, MAX_ATTRIBUTES] as const, { timeout: ACTION_MS });
  return { ...read, visible };
}
