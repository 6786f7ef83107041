/** The trusted page and its hashed assets. */
import { TerrariumError } from '../../shared/errors/error.ts';
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
    'cache-control': url.pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
}
