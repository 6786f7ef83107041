/** Chromium, as every end-to-end test starts it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserServer } from 'playwright-core';

const OPTIONS = { executablePath: process.env['TERRARIUM_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-features=MediaRouter'] };

export const launchBrowser = (): Promise<Browser> => chromium.launch(OPTIONS);

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
