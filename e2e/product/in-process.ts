/** The product in this process and a browser, started before the tests of a file and ended after them. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { startProduct, type Product } from '../bench/product.ts';
import { launchBrowser, newProfile } from './browser.ts';

export interface RunningProduct {
  readonly product: Product;
  /** Somebody with a browser profile of their own, signed in. */
  person(): Promise<Page>;
}

/** To be called while the tests are collected; what it returns is there once they run. */
export function runningProduct(): RunningProduct {
  let product: Product | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });
  const started = (): Product => {
    if (product === undefined) throw new Error('The product is started before the first test, not while they are collected.');
    return product;
  };
  return {
    get product() {
      return started();
    },
    async person() {
      if (browser === undefined) throw new Error('The browser is started before the first test.');
      return started().signIn(await newProfile(browser));
    },
  };
}
