/** Chromium, as every end-to-end test starts it. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, firefox, type Browser, type BrowserContext, type BrowserServer } from 'playwright-core';

const OPTIONS = { executablePath: process.env['TERRARIUM_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-features=MediaRouter'] };

export const launchBrowser = (): Promise<Browser> => chromium.launch(OPTIONS);

/** One that reaches the server on `port` over another port of this machine (e2e/product/cut.ts), and knows it by the same names. */
export const launchOver = (port: string, over: number): Promise<Browser> =>
  chromium.launch({ ...OPTIONS, args: [...OPTIONS.args, `--host-resolver-rules=MAP localhost:${port} 127.0.0.1:${over},MAP *.localhost:${port} 127.0.0.1:${over}`] });

/** A browser whose processes can be ended with SIGKILL. */
export async function launchMortal(): Promise<{ browser: Browser; server: BrowserServer }> {
  const server = await chromium.launchServer(OPTIONS);
  return { browser: await chromium.connect(server.wsEndpoint()), server };
}

export const newProfile = (browser: Browser): Promise<BrowserContext> => browser.newContext({ viewport: { width: 1440, height: 900 } });

/** A profile on the disk whose sites may store so many bytes together. */
export async function launchWithQuota(bytes: number): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'terrarium-profile-'));
  const args = [...OPTIONS.args, `--enable-features=StorageQuotaSettings:PoolSizeBytes/${bytes}`];
  const context = await chromium.launchPersistentContext(folder, { ...OPTIONS, args, viewport: { width: 1440, height: 900 } });
  return {
    context,
    async close() {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Places of a Firefox; `TERRARIUM_FIREFOX` names another. */
const FIREFOXES = ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox', 'C:\\Program Files\\Mozilla Firefox\\firefox.exe'];

export const firefoxPath = (): string | undefined => process.env['TERRARIUM_FIREFOX'] ?? FIREFOXES.find((place) => existsSync(place));

/** A Firefox as it is installed, over WebDriver BiDi. The preference lets clicks reach frames of other sites. */
export const launchFirefox = (executablePath: string): Promise<Browser> =>
  firefox.launch({ channel: 'moz-firefox', executablePath, firefoxUserPrefs: { 'fission.webContentIsolationStrategy': 0 } });
