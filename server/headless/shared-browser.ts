/** The one browser of the server: started for its first user, ended with its last (SPEC HB11). */
import { launchHeadless } from './browser.ts';
import type { HeadlessBrowser, HeadlessLaunch } from './browser.ts';

export interface BrowserUse {
  readonly browser: Pick<HeadlessBrowser, 'browser' | 'newContext'>;
  /** Once; the browser ends with the last one that is released. */
  release(): Promise<void>;
}

export interface SharedBrowser {
  /** @throws {TerrariumError} 1390, 1391 */
  use(): Promise<BrowserUse>;
  /** Bytes; 0 where it does not run. */
  memory(): Promise<number>;
  close(): Promise<void>;
}

export function createSharedBrowser(options: HeadlessLaunch): SharedBrowser {
  let started: Promise<HeadlessBrowser> | undefined;
  let users = 0;

  function start(): Promise<HeadlessBrowser> {
    const starting: Promise<HeadlessBrowser> = launchHeadless(options).then(
      (launched) => {
        launched.browser.once('disconnected', () => void end(starting));
        return launched;
      },
      (error: unknown) => {
        if (started === starting) started = undefined;
        throw error;
      },
    );
    started = starting;
    return starting;
  }

  async function end(ending: Promise<HeadlessBrowser> | undefined): Promise<void> {
    if (ending === started) {
      started = undefined;
      users = 0;
    }
    await ending?.then((launched) => launched.close(), () => undefined);
  }

  return {
    async use() {
      const using = started ?? start();
      users++;
      const failed = (error: unknown): never => {
        if (started === using) users--;
        throw error;
      };
      const browser = await using.catch(failed);
      let released = false;
      return {
        browser,
        async release() {
          if (released || started !== using) return;
          released = true;
          users--;
          if (users === 0) await end(using);
        },
      };
    },
    memory: async () => (await (await started?.catch(() => undefined))?.memory()) ?? 0,
    close: () => end(started),
  };
}
