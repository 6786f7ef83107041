/**
 * Tells a browser context the credentials of the egress proxy: a launch argument cannot carry them. The context keeps what its proxy took for as long as it lives, for its workers
 * too, so that one request does; answering each challenge would mean to hold every request of every page.
 */
import type { BrowserContext } from 'playwright-core';
import { SIGN_IN_URL } from './egress-proxy.ts';
import type { EgressProxy } from './egress-proxy.ts';

/** @throws {Error} where the browser did not sign in */
export async function signInToEgress(context: BrowserContext, { username, password, origin }: EgressProxy): Promise<void> {
  const page = await context.newPage();
  try {
    const session = await context.newCDPSession(page);
    session.on('Fetch.requestPaused', ({ requestId }) => void session.send('Fetch.continueRequest', { requestId }).catch(() => undefined));
    session.on('Fetch.authRequired', ({ requestId, authChallenge }) => {
      const isOurs = authChallenge.source === 'Proxy' && authChallenge.origin === origin;
      void session.send('Fetch.continueWithAuth', { requestId, authChallengeResponse: isOurs ? { response: 'ProvideCredentials', username, password } : { response: 'CancelAuth' } }).catch(() => undefined);
    });
    await session.send('Fetch.enable', { handleAuthRequests: true, patterns: [{ urlPattern: SIGN_IN_URL }] });
    const response = await page.goto(SIGN_IN_URL);
    if (response?.status() !== 200) throw new Error(`The browser did not sign in to its egress proxy: ${response?.status() ?? 'no answer'}`);
  } finally {
    await page.close();
  }
}
