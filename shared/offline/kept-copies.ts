/**
 * Copies of the server's own files that a service worker keeps in the browser's storage, so that a page starts with the network and the server
 * away. The network is asked first, so that a new release is seen at once; files whose names carry their content come from the copy.
 */

/** How long the network may take before the copy answers, in milliseconds. */
const PATIENCE = 4000;

export class KeptCopies {
  private readonly name: string;
  private cache: Promise<Cache | undefined> | undefined;

  /** `name` of the cache; a new one where what is kept changes its meaning. */
  constructor(name: string) {
    this.name = name;
  }

  /** Network first. A server's failure (5xx) is answered by the copy as well, where there is one. `keep` gets the work of storing it. */
  async fresh(request: Request | string, keep: (work: Promise<unknown>) => void): Promise<Response> {
    const response = await fromNetwork(request);
    if (response !== undefined && response.status < 500) {
      if (response.ok) keep(this.put(request, response.clone()));
      return response;
    }
    return (await this.match(request)) ?? response ?? Response.error();
  }

  /** Copy first, for what never changes under its name. */
  async immutable(request: Request | string): Promise<Response> {
    return (await this.match(request)) ?? (await fetch(request));
  }

  /** Makes these, absolute or relative to the service worker, all that is kept. What is there is not fetched again. */
  async keepOnly(urls: readonly string[]): Promise<void> {
    const cache = await this.open();
    if (cache === undefined) return;
    const wanted = new Set(urls.map((url) => new URL(url, location.href).href));
    for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
    await Promise.all([...wanted].map(async (url) => {
      if ((await cache.match(url)) !== undefined) return;
      const response = await fetch(url);
      if (response.ok) await cache.put(url, response);
    }));
  }

  async match(request: Request | string): Promise<Response | undefined> {
    return (await this.open())?.match(request);
  }

  private async put(request: Request | string, response: Response): Promise<void> {
    const cache = await this.open();
    // Storage that is full or refused: the page works, only not offline.
    await cache?.put(request, response).catch(() => undefined);
  }

  private open(): Promise<Cache | undefined> {
    this.cache ??= caches.open(this.name).catch(() => undefined);
    return this.cache;
  }
}

/** The limit is on the answer alone: a signal that ends later would take the body of a response that is still to be read. */
async function fromNetwork(request: Request | string): Promise<Response | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE);
  try {
    return await fetch(request, { signal: abort.signal });
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
