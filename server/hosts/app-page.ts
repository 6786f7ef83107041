/** The trusted page and its hashed assets. */
import { TerrariumError } from '../../shared/errors/error.ts';
import { embedderPolicy, isolationOf } from '../../shared/isolation.ts';
import type { HostsContext } from './context.ts';
import { appPolicy } from './policies.ts';
import { fileResponse, relativePath } from './static-files.ts';

/** Addresses of the page itself: the client's router takes over. */
const PAGES = /^\/(?:$|login$|e\/[^/]+$)/;

/** The page that other origins may frame, and what their pages load of ours (server/embeds/SPEC.md). */
const EMBED = /^\/embed\/([^/]+)$/;
const COMPONENT = '/embed.js';

export async function serveApp(request: Request, url: URL, context: HostsContext): Promise<Response> {
  const { dist, rooms } = context;
  const embedded = EMBED.exec(url.pathname)?.[1];
  if (embedded !== undefined) return serveEmbed(request, url, relativePath(embedded), context);
  if (url.pathname === COMPONENT) return serveComponent(request, context);
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

/** Framed by the pages that the environment's embeds list, and by nothing else. Whether there is such an environment is not told. */
async function serveEmbed(request: Request, url: URL, task: string | undefined, { dist, rooms, embeddersOfTask }: HostsContext): Promise<Response> {
  const file = await dist.read('app/embed.html');
  if (file === undefined) throw TerrariumError.of('E-TERRARIUM-3002', { part: 'app' });
  const ancestors = task === undefined ? [] : embeddersOfTask(task);
  // A page that is cross-origin isolated frames only what carries such a policy itself.
  const policy = embedderPolicy(url.searchParams.get('coep'));
  return fileResponse(request, file, {
    'content-security-policy': appPolicy(rooms, ancestors),
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'cross-origin',
    ...(ancestors.length === 0 ? { 'x-frame-options': 'DENY' } : {}),
    ...(policy === undefined ? {} : { 'cross-origin-embedder-policy': policy }),
    // Who may frame it changes while the file stays the same.
    'cache-control': 'no-store',
  });
}

async function serveComponent(request: Request, { dist }: HostsContext): Promise<Response> {
  const file = await dist.read('embed/element.js');
  if (file === undefined) throw TerrariumError.of('E-TERRARIUM-3002', { part: 'embed' });
  return fileResponse(request, file, { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin', 'cache-control': 'no-cache' });
}

/** A worker's script needs a policy at least as strict as its page's; the page's workers fetch nothing from elsewhere. */
const WORKER_OF_ISOLATED_PAGE = { 'cross-origin-embedder-policy': 'require-corp' };

/** For browsers whose containers cannot isolate themselves; the page has found out and asks. */
function isolation(request: Request): Record<string, string> {
  const policy = isolationOf(request.headers.get('cookie'));
  return { vary: 'cookie', ...(policy === undefined ? {} : { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': policy }) };
}
