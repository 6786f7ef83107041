/** The real server in a process of its own, and a browser with somebody signed in. */
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, newProfile } from './browser.ts';
import { createServerProcess, type ServerProcess } from './server.ts';

export interface Served {
  server: ServerProcess;
  browser: Browser;
  page: Page;
  end(): Promise<void>;
}

/** `env` is added to the server's environment variables. */
export async function startServed(env: Record<string, string> = {}, launch: () => Promise<Browser> = launchBrowser): Promise<Served> {
  const server = await createServerProcess(env);
  const [browser] = await Promise.all([launch(), server.start()]);
  return {
    server,
    browser,
    page: await server.signIn(await newProfile(browser)),
    async end() {
      await browser.close();
      await server.dispose();
    },
  };
}
