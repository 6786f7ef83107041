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
  addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      const [x, y] = way();
      report('scroll', { x: share(scrollX, x), y: share(scrollY, y) });
    }, TOLD_EVERY_MS);
  }, { passive: true });
}

export function scrollToShare(x: number, y: number): void {
  const [wide, high] = way();
  scrollTo({ left: x * wide, top: y * high, behavior: 'instant' });
}
