/** One environment's page in the server's browser (SPEC HB3). */
import { randomBytes } from 'node:crypto';
import { HOST_MEMBER_PREFIX } from '../auth/identities.ts';
import type { Identities } from '../auth/identities.ts';
import type { Logger } from '../logger.ts';
import type { HeadlessBrowser } from './browser.ts';

export interface HostPage {
  /** Resolves when it is gone: closed, crashed, or its browser ended. */
  readonly gone: Promise<void>;
  close(): Promise<void>;
}

export interface HostPageOptions {
  browser: Pick<HeadlessBrowser, 'browser' | 'newContext'>;
  appOrigin: string;
  environmentId: string;
  identities: Pick<Identities, 'admit' | 'renew' | 'dismiss'>;
  /** How long the token counts, in milliseconds. It is renewed at half of it for as long as the page lives. */
  lifetime: number;
  logger: Pick<Logger, 'warn'>;
}

const PROFILE = JSON.stringify({ name: 'Terrarium (server)', colour: 6 });

/** Resolves when the page has been asked for; its container claims the lease when it runs. */
export async function openHostPage({ browser, appOrigin, environmentId, identities, lifetime, logger }: HostPageOptions): Promise<HostPage> {
  const id = `${HOST_MEMBER_PREFIX}${randomBytes(9).toString('base64url')}`;
  const token = randomBytes(24).toString('base64url');
  identities.admit({ id, environmentId, role: 'editor', token, expiresAt: Date.now() + lifetime });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } }).catch((error: unknown) => {
    identities.dismiss(id);
    throw error;
  });
  const gone = Promise.withResolvers<void>();
  /** Takes the cookie, which has an end of its own, without a page of its own. */
  const signIn = () => context.request.get(`${appOrigin}/login?token=${token}`, { maxRedirects: 0 });
  const renewal = setInterval(() => {
    identities.renew(id, Date.now() + lifetime);
    signIn().catch((error: unknown) => logger.warn('The headless host could not renew its cookie', { environmentId, error: String(error).split('\n')[0] }));
  }, lifetime / 2).unref();
  const end = (): void => {
    clearInterval(renewal);
    identities.dismiss(id);
    gone.resolve();
  };
  context.once('close', end);
  browser.browser.once('disconnected', end);
  const close = async (): Promise<void> => {
    browser.browser.off('disconnected', end);
    await context.close().catch(() => undefined);
    end();
  };
  try {
    await context.addInitScript(`if (location.origin === ${JSON.stringify(appOrigin)}) localStorage.setItem('terrarium.profile', ${JSON.stringify(PROFILE)});`);
    await signIn();
    const page = await context.newPage();
    page.once('crash', () => void close());
    page.once('close', () => void close());
    await page.goto(`${appOrigin}/e/${environmentId}?host=headless`, { waitUntil: 'commit' });
    return { gone: gone.promise, close };
  } catch (error) {
    await close();
    throw error;
  }
}
