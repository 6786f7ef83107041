/** Runs in a page: whether the React template shows itself. */
export const RENDERED = (): boolean => document.querySelector('h1')?.textContent === 'React + TypeScript' && document.querySelector('button') !== null;

/** Runs in a page: resolves as soon as the heading says this, with the page's time (milliseconds since the epoch). */
export const headingSays = (wanted: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const holds = (): boolean => document.querySelector('h1')?.textContent === wanted;
    const now = (): number => performance.timeOrigin + performance.now();
    const observer = new MutationObserver(() => {
      if (!holds()) return;
      clearTimeout(timer);
      observer.disconnect();
      resolve(now());
    });
    const timer = setTimeout(() => reject(new Error(`The heading is ${document.querySelector('h1')?.textContent}, not ${wanted}.`)), 20_000);
    observer.observe(document, { subtree: true, childList: true, characterData: true });
    if (holds()) {
      clearTimeout(timer);
      observer.disconnect();
      resolve(now());
    }
  });

/** Between two edits. */
export const PAUSE_MS = 200;
