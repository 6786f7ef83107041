/** The trusted page and its hashed assets. */
import { TerrariumError } from '../../shared/errors/error.ts';
import { isolationOf } from '../../shared/isolation.ts';
import type { HostsContext } from './context.ts';
import { appPolicy } from './policies.ts';
import { fileResponse, relativePath } from './static-files.ts';

/** Addresses of the page itself: the client's router takes over. */
const PAGES = /^\/(?:$|login$|e\/[^/]+$)/;

export async function serveApp(request: Request, url: URL, { dist, rooms }: HostsContext): Promise<Response> {
  const isPage = PAGES.test(url.pathname);
  const relative = isPage ? 'index.html' : relativePath(url.pathname);
  const file = relative === undefined || relative.startsWith('.') ? undefined : await dist.read(`app/${relative}`);
  if (file === undefined) {
    throw isPage ? TerrariumError.of('E-TERRARIUM-3002', { part: 'app' }) : TerrariumError.of('E-TERRARIUM-1102', { method: request.method, path: url.pathname });
  }
  return fileResponse(request, file, {
    'content-security-policy': appPolicy(rooms),
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
    ...(isPage ? isolation(request) : WORKER_OF_ISOLATED_PAGE),
    'cache-control': url.pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
}

/** A worker's script needs a policy at least as strict as its page's; the page's workers fetch nothing from elsewhere. */
const WORKER_OF_ISOLATED_PAGE = { 'cross-origin-embedder-policy': 'require-corp' };

/** For browsers whose containers cannot isolate themselves; the page has found out and asks. */
function isolation(request: Request): Record<string, string> {
  const policy = isolationOf(request.headers.get('cookie'));
  return { vary: 'cookie', ...(policy === undefined ? {} : { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': policy }) };
}
