import type { Page } from 'playwright-core';
import type { pageTools } from '../../../shared/agents/tools/page.ts';
import { TerrariumError } from '../../../shared/errors/error.ts';
import { firstLine } from '../../headless/preview-pages.ts';
import type { PreviewPage, PreviewPages } from '../../headless/preview-pages.ts';
import type { Container } from '../container.ts';
import type { Handlers, ToolContext } from './context.ts';

/** What an action waits for. */
const ACTION_MS = 10_000;
const MAX_TREE = 100_000;
const MAX_TEXT = 2000;
const MAX_ATTRIBUTES = 40;
const OPEN_MS = 30_000;

export function pageHandlers({ pages, container }: { pages: PreviewPages; container: Pick<Container, 'settle'> }): Handlers<keyof typeof pageTools> {
  const of = (context: ToolContext, port: number | undefined): Promise<PreviewPage> =>
    pages.of({ environmentId: context.environment.id, port: port ?? context.environment.port, caller: `${context.author.kind}:${context.author.id}` }, context.signal);

  return {
    async page_open({ path, port, width, height }, context) {
      // What the caller has just written is what it wants to see.
      await container.settle(context.environment.id, context.signal);
      const { page, origin } = await of(context, port);
      return await acting(async () => {
        if (width !== undefined || height !== undefined) await page.setViewportSize({ ...(page.viewportSize() ?? { width: 1280, height: 800 }), ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) });
        const response = await page.goto(new URL(path, origin).href, { timeout: OPEN_MS });
        return { ...(await placeOf(page)), status: response?.status() ?? null };
      });
    },
    async page_screenshot({ port, selector, fullPage }, context) {
      const { page } = await of(context, port);
      return await acting(async () => {
        const picture = selector === undefined ? await page.screenshot({ fullPage, timeout: ACTION_MS }) : await page.locator(selector).first().screenshot({ timeout: ACTION_MS });
        return { ...(await placeOf(page)), mimeType: 'image/png' as const, image: picture.toString('base64'), ...sizeOfPng(picture) };
      });
    },
    async page_tree({ port, selector }, context) {
      const { page } = await of(context, port);
      return await acting(async () => {
        const tree = await page.locator(selector ?? 'body').first().ariaSnapshot({ timeout: ACTION_MS });
        return { ...(await placeOf(page)), tree: tree.slice(0, MAX_TREE), truncated: tree.length > MAX_TREE };
      });
    },
    async page_query({ port, selector, limit }, context) {
      const { page } = await of(context, port);
      return await acting(async () => {
        const found = page.locator(selector);
        const count = await found.count();
        const elements = await Promise.all(Array.from({ length: Math.min(count, limit) }, (_, index) => elementOf(found.nth(index))));
        return { ...(await placeOf(page)), count, elements };
      });
    },
    async page_click({ port, selector, button, count }, context) {
      const { page } = await of(context, port);
      return await acting(async () => {
        await page.locator(selector).first().click({ button, clickCount: count, timeout: ACTION_MS });
        return await placeOf(page);
      });
    },
    async page_type({ port, selector, text, append }, context) {
      const { page } = await of(context, port);
      return await acting(async () => {
        const field = page.locator(selector).first();
        if (append) await field.pressSequentially(text, { timeout: ACTION_MS });
        else await field.fill(text, { timeout: ACTION_MS });
        return await placeOf(page);
      });
    },
    async page_press({ port, key, selector }, context) {
      const { page } = await of(context, port);
      return await acting(async () => {
        if (selector === undefined) await page.keyboard.press(key);
        else await page.locator(selector).first().press(key, { timeout: ACTION_MS });
        return await placeOf(page);
      });
    },
  };
}

/** @throws {TerrariumError} 1394 for what the browser could not do */
async function acting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TerrariumError ? error : TerrariumError.of('E-TERRARIUM-1394', { problem: firstLine(error) });
  }
}

/** Without the origin, which is the browser's own and leads nowhere else. */
async function placeOf(page: Page): Promise<{ url: string; title: string }> {
  const { pathname, search, hash } = new URL(page.url());
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
    const attributes = Object.fromEntries([...element.attributes].slice(0, maxAttributes).map(({ name, value }) => [name, value.slice(0, maxText)]));
    const field = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement ? element.value : null;
    return { tag: element.tagName.toLowerCase(), text: (element.textContent ?? '').slice(0, maxText), attributes, value: field?.slice(0, maxText) ?? null, x, y, width, height };
  }, [MAX_TEXT, MAX_ATTRIBUTES] as const, { timeout: ACTION_MS });
  return { ...read, visible };
}
