/** `<label>--<port>.preview.<base>`: only our own files; the task's pages come from the preview's service worker. */
import { PREVIEW_PATHS, PREVIEW_PREFIX } from '../../shared/protocol/preview-channel.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { HostsContext } from './context.ts';
import { forgetPage } from './forget.ts';
import { previewPolicy } from './policies.ts';
import { fileResponse, relativePath } from './static-files.ts';
import type { StaticFile } from './static-files.ts';

/** Our pages frame only each other, so that the strictest embedder policy fits in every isolation mode. */
const EVERYWHERE = { 'cross-origin-resource-policy': 'cross-origin', 'cross-origin-embedder-policy': 'require-corp', 'cache-control': 'no-cache' };

/** A path without a service worker in front gets the bootstrap page, whatever its method was meant to be: only a page can bring the worker up. */
export async function servePreviewOrigin(request: Request, url: URL, label: string, context: HostsContext): Promise<Response> {
  if (url.pathname === PREVIEW_PATHS.forget) return await forgetPage(request, label, context);
  const own = url.pathname.startsWith(PREVIEW_PREFIX) ? await ownFile(url.pathname, context) : undefined;
  if (own !== undefined) return answer(request, own, label, context);
  if (url.pathname.startsWith(PREVIEW_PREFIX)) throw TerrariumError.of('E-TERRARIUM-1102', { method: request.method, path: url.pathname });
  const bootstrap = await context.dist.read('preview/bootstrap.html');
  if (bootstrap === undefined) throw TerrariumError.of('E-TERRARIUM-3002', { part: 'preview-shell' });
  return answer(request, bootstrap, label, context);
}

/** `/~terrarium/prepare` is `preview/prepare.html`, `/~terrarium/client.js` is `preview/client.js`. Pages that share one file fall back to the bootstrap page. */
async function ownFile(pathname: string, { dist }: HostsContext): Promise<StaticFile | undefined> {
  const name = relativePath(pathname.slice(PREVIEW_PREFIX.length));
  if (name === undefined || name === '') return undefined;
  const exact = await dist.read(`preview/${name}`);
  if (exact !== undefined || name.includes('.')) return exact;
  return (await dist.read(`preview/${name}.html`)) ?? (PAGES.has(name) ? await dist.read('preview/bootstrap.html') : undefined);
}

const PAGES = new Set(['bootstrap', 'prepare', 'connect']);

function answer(request: Request, file: StaticFile, label: string, { rooms, sandbox, origins, embedders }: HostsContext): Response {
  const isPage = file.type.startsWith('text/html');
  const page: Record<string, string> = isPage ? { 'content-security-policy': previewPolicy(rooms, sandbox, origins.host(label), embedders(label)), 'referrer-policy': 'strict-origin-when-cross-origin' } : {};
  return fileResponse(request, file, { ...EVERYWHERE, 'service-worker-allowed': '/', ...page });
}
