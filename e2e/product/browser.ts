/** Chromium, as every end-to-end test starts it. */
import { chromium, type Browser, type BrowserContext, type BrowserServer } from 'playwright-core';

const OPTIONS = { executablePath: process.env['TERRARIUM_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-features=MediaRouter'] };

export const launchBrowser = (): Promise<Browser> => chromium.launch(OPTIONS);

/** A browser whose processes can be ended with SIGKILL. */
export async function launchMortal(): Promise<{ browser: Browser; server: BrowserServer }> {
  const server = await chromium.launchServer(OPTIONS);
  return { browser: await chromium.connect(server.wsEndpoint()), server };
}

export const newProfile = (browser: Browser): Promise<BrowserContext> => browser.newContext({ viewport: { width: 1440, height: 900 } });
