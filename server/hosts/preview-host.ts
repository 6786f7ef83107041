/** `<label>.preview.<base>`: the container host of one label. Rules: SPEC.md of this folder. */
import { HOST_PATHS } from '../../shared/protocol/preview-channel.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { embedderPolicy } from '../../shared/isolation.ts';
import type { HostsContext } from './context.ts';
import { forgetPage } from './forget.ts';
import { hostPolicy, relayPolicy } from './policies.ts';
import { fileResponse, relativePath } from './static-files.ts';

/** Long enough for a working day in one tab; the page asks for a new one at `/~capability`. */
export const CAPABILITY_MS = 12 * 60 * 60 * 1000;

const IMMUTABLE = 'public, max-age=31536000, immutable';
const ANY_ORIGIN_MAY_EMBED = { 'cross-origin-resource-policy': 'cross-origin' };

export async function servePreviewHost(request: Request, url: URL, label: string, context: HostsContext): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') throw TerrariumError.of('E-TERRARIUM-1102', { method: request.method, path: url.pathname });
  const { pathname } = url;
  if (pathname === HOST_PATHS.headless) return headless(url, label, context);
  if (pathname === HOST_PATHS.relay) return relay(request, label, context);
  if (pathname === HOST_PATHS.forget) return await forgetPage(request, label, context);
  if (pathname === '/~capability') return capability(request, label, context);
  if (pathname === HOST_PATHS.serviceWorker || pathname === '/sw.js') return serviceWorker(request, pathname, context);
  if (pathname.startsWith(HOST_PATHS.runtime)) return runtimeAsset(request, url, context);
  throw TerrariumError.of('E-TERRARIUM-1102', { method: request.method, path: pathname });
}

async function headless(url: URL, label: string, context: HostsContext): Promise<Response> {
  const { dist, origins, rooms, isEnvironment, embedders } = context;
  const html = await dist.readText('host/headless.html');
  if (html === undefined) throw TerrariumError.of('E-TERRARIUM-3002', { part: 'preview-shell' });
  const boot = {
    label,
    baseOrigin: origins.app,
    packagesOrigin: origins.packages,
    capability: context.issueCapability(label, CAPABILITY_MS),
    expires: Date.now() + CAPABILITY_MS,
    packs: context.expectedPacks(label),
    assets: await context.assets(),
  };
  return new Response(withBoot(html, boot), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': hostPolicy(rooms, isEnvironment(label) ? { broker: origins.broker(label), embedders: embedders(label) } : undefined),
      ...isolation(url.searchParams.get('coep')),
      ...ANY_ORIGIN_MAY_EMBED,
    },
  });
}

/** Where the browser has Document-Isolation-Policy the embedder needs no headers; the other two modes are asked for by the embedder (`coep` of `WebContainer.boot`). */
function isolation(coep: string | null): Record<string, string> {
  const policy = embedderPolicy(coep);
  return policy === undefined ? { 'document-isolation-policy': 'isolate-and-credentialless' } : { 'cross-origin-embedder-policy': policy };
}

/** Puts the boot data where the page looks for it; "<" is escaped so that no value can end the element. */
export function withBoot(html: string, boot: unknown): string {
  const element = `<script type="application/json" id="terrarium-boot">${JSON.stringify(boot).replaceAll('<', '\\u003c')}</script>`;
  const place = /<script type="application\/json" id="terrarium-boot">[^<]*<\/script>/;
  return place.test(html) ? html.replace(place, () => element) : html.replace('</head>', () => `${element}</head>`);
}

async function relay(request: Request, label: string, { dist, rooms, embedders }: HostsContext): Promise<Response> {
  const file = await dist.read('host/relay.html');
  if (file === undefined) throw TerrariumError.of('E-TERRARIUM-3002', { part: 'preview-shell' });
  return fileResponse(request, file, {
    'cache-control': 'no-cache',
    'referrer-policy': 'no-referrer',
    'content-security-policy': relayPolicy(rooms, embedders(label)),
    'cross-origin-embedder-policy': 'require-corp',
    ...ANY_ORIGIN_MAY_EMBED,
  });
}

/** A fresh capability for a page that outlives its first one, or that its service worker kept. */
function capability(request: Request, label: string, { issueCapability }: HostsContext): Response {
  if (request.headers.get('sec-fetch-site') !== 'same-origin') throw TerrariumError.of('E-TERRARIUM-1400');
  return Response.json({ capability: issueCapability(label, CAPABILITY_MS) }, { headers: { 'cache-control': 'no-store' } });
}

async function serviceWorker(request: Request, pathname: string, { dist }: HostsContext): Promise<Response> {
  const file = (await dist.read(`host${pathname}`)) ?? (await dist.read('host/sw.js'));
  if (file === undefined) throw TerrariumError.of('E-TERRARIUM-3002', { part: 'preview-shell' });
  return fileResponse(request, file, { 'cache-control': 'no-cache', 'service-worker-allowed': '/', ...ANY_ORIGIN_MAY_EMBED });
}

/** A worker of an isolated page must be isolated itself, so that each mode's workers carry that mode's header. */
async function runtimeAsset(request: Request, url: URL, { dist }: HostsContext): Promise<Response> {
  const relative = relativePath(url.pathname.slice(HOST_PATHS.runtime.length));
  const file = relative === undefined ? undefined : await dist.read(`host/${relative}`);
  if (file === undefined || file.type.startsWith('text/html')) throw TerrariumError.of('E-TERRARIUM-1102', { method: request.method, path: url.pathname });
  const coep = url.searchParams.get('coep');
  return fileResponse(request, file, {
    'cache-control': IMMUTABLE,
    'cross-origin-embedder-policy': coep === 'require-corp' ? coep : 'credentialless',
    'access-control-allow-origin': '*',
    ...ANY_ORIGIN_MAY_EMBED,
  });
}
