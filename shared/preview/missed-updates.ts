/**
 * A page of a dev server (Vite) whose file changed while it was loading. The server tells those who are connected, and its client drops what is said of a
 * module that has not run: who has fetched the text from before, and connects or runs it afterwards, would show that text for ever. So updates are kept until
 * the page's modules have run, and those that were asked for before the connection was there are compared with what the server says then.
 *
 * For a preview and for a page of a share link. Needs of the page: the HTTP cache, or a service worker that stands in for it, gives with `force-cache` what
 * the page got. It goes into pages as its own text: nothing outside of the function may be used in it.
 */
export interface MissedUpdatesOptions {
  /** Asked once, when the page has run and is connected: false spares the comparison. */
  mayHaveChanged: () => Promise<boolean>;
}

/** @returns to be called with each WebSocket of the protocol `vite-hmr` right when it is made */
export function catchMissedUpdates({ mayHaveChanged }: MissedUpdatesOptions): (socket: WebSocket) => void {
  const COUNT = '~terrarium:caught-up';
  // A server that says something else at each request must not be reloaded for ever.
  const MOST = 3;
  // A page may replace or wrap both.
  const { fetch } = globalThis;
  const requests: PerformanceResourceTiming[] = [];
  const observer = new PerformanceObserver((list) => void requests.push(...(list.getEntries() as PerformanceResourceTiming[])));
  observer.observe({ type: 'resource', buffered: true });
  // Module scripts of the document have run when its content counts as loaded (WHATWG HTML, 13.2.7).
  const ran = new Promise<void>((resolve) => {
    for (const [target, type] of [[document, 'DOMContentLoaded'], [window, 'load']] as const) target.addEventListener(type, () => resolve(), { once: true });
  });
  let first = true;

  /** Storage may be refused; then the page is never loaded again for this. */
  const count = (value?: number): number => {
    try {
      if (value !== undefined) sessionStorage.setItem(COUNT, String(value));
      return Number(sessionStorage.getItem(COUNT));
    } catch {
      return MOST;
    }
  };
  /** Times of changes in imports, which differ with each update of something below. */
  const timeless = (text: string): string => text.replace(/\?t=\d+&/g, '?').replace(/[?&]t=\d+/g, '');
  const textOf = async ({ name, initiatorType }: PerformanceResourceTiming, cache: RequestCache): Promise<string> => {
    // A style sheet is a script for who imports it.
    const accept = initiatorType === 'link' || initiatorType === 'css' ? 'text/css,*/*;q=0.1' : '*/*';
    const answer = await fetch(name, { cache, credentials: 'same-origin', headers: { accept } });
    return `${String(answer.ok)} ${timeless(await answer.text())}`;
  };
  const changes = async (request: PerformanceResourceTiming): Promise<boolean> => {
    const got = await textOf(request, 'force-cache');
    return got !== (await textOf(request, 'no-cache'));
  };
  /** Packages and the server's own parts stay what they are while a page loads. */
  const ofProject = ({ name, initiatorType }: PerformanceResourceTiming): boolean => {
    const url = new URL(name);
    return url.origin === location.origin && !/^\/(?:[@~]|node_modules\/)/.test(url.pathname) && ['script', 'link', 'css', 'other'].includes(initiatorType);
  };
  async function isStale(connectedAt: number): Promise<boolean> {
    requests.push(...(observer.takeRecords() as PerformanceResourceTiming[]));
    observer.disconnect();
    const early = requests.filter((request) => request.startTime < connectedAt && ofProject(request));
    requests.length = 0;
    if (!(await mayHaveChanged())) return false;
    return (await Promise.all(early.map(changes))).includes(true);
  }

  return (socket) => {
    if (!first) return;
    first = false;
    const kept: MessageEvent[] = [];
    let keeps = true;
    socket.addEventListener('message', (event) => {
      const isUpdate = typeof event.data === 'string' && /^\{"type":"(?:update|prune)"/.test(event.data);
      if (!keeps || (kept.length === 0 && !isUpdate)) return;
      event.stopImmediatePropagation();
      kept.push(event);
    });
    const goOn = (): void => {
      keeps = false;
      for (const { data, origin } of kept) socket.dispatchEvent(new MessageEvent('message', { data: data as unknown, origin }));
    };
    const connected = new Promise<number>((resolve) => socket.addEventListener('open', () => resolve(performance.now()), { once: true }));
    void Promise.all([connected, ran]).then(async ([at]) => {
      const stale = await isStale(at).catch(() => false);
      const before = count();
      if (!stale || before >= MOST) {
        count(0);
        goOn();
        return;
      }
      count(before + 1);
      location.reload();
    });
  };
}
