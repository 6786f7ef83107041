/** How far the page is scrolled, told and set in shares of the way there is, so that windows of other sizes can follow. */
import type { Report } from './reports.ts';

/** At most so often, in milliseconds; the last position is always told. */
const TOLD_EVERY_MS = 100;

const way = (): [x: number, y: number] => {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
  return [Math.max(0, scrollWidth - clientWidth), Math.max(0, scrollHeight - clientHeight)];
};
const share = (at: number, of: number): number => (of === 0 ? 0 : Math.min(1, Math.max(0, at / of)));

export function reportScroll(report: Report): void {
  let waiting = false;
  const later = (): void => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      const [x, y] = way();
      report('scroll', { x: share(scrollX, x), y: share(scrollY, y) });
    }, TOLD_EVERY_MS);
  };
  addEventListener('scroll', later, { passive: true });
  // What a route shows may be longer or shorter: the same pixel is another share of it.
  addEventListener('popstate', later);
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name].bind(history);
    history[name] = (...args: Parameters<History['pushState']>) => {
      original(...args);
      later();
    };
  }
}

/** A route that was just gone to may take so long to be as high as it will be, in milliseconds. */
const GROWS_FOR_MS = 2000;
let growing: AbortController | undefined;

/** Again as the page grows, until somebody scrolls here. */
export function scrollToShare(x: number, y: number): void {
  growing?.abort();
  growing = new AbortController();
  const { signal } = growing;
  const go = (): void => {
    const [wide, high] = way();
    scrollTo({ left: x * wide, top: y * high, behavior: 'instant' });
  };
  go();
  const grown = new ResizeObserver(go);
  grown.observe(document.documentElement);
  if (document.body !== null) grown.observe(document.body);
  const mine = growing;
  const stop = (): void => mine.abort();
  const timer = setTimeout(stop, GROWS_FOR_MS);
  for (const own of ['wheel', 'touchstart', 'keydown', 'pointerdown']) addEventListener(own, stop, { passive: true, signal });
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    grown.disconnect();
  }, { once: true });
}
