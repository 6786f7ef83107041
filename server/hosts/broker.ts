/** `<label>.broker.<base>`: the frame in which the unmodified client library runs. */
import { TerrariumError } from '../../shared/errors/error.ts';
import { embedderPolicy } from '../../shared/isolation.ts';
import type { HostsContext } from './context.ts';
import { brokerPolicy } from './policies.ts';
import { fileResponse, relativePath } from './static-files.ts';

export async function serveBroker(request: Request, url: URL, label: string, { dist, rooms, origins, embedders }: HostsContext): Promise<Response> {
  const relative = url.pathname === '/' ? 'index.html' : relativePath(url.pathname);
  const file = relative === undefined ? undefined : await dist.read(`broker/${relative}`);
  if (file === undefined) {
    throw relative === 'index.html' ? TerrariumError.of('E-TERRARIUM-3002', { part: 'broker' }) : TerrariumError.of('E-TERRARIUM-1102', { method: request.method, path: url.pathname });
  }
  const policy = embedderPolicy(url.searchParams.get('coep'));
  return fileResponse(request, file, {
    ...(policy === undefined ? {} : { 'cross-origin-embedder-policy': policy }),
    'content-security-policy': brokerPolicy(rooms, origins.host(label), embedders(label)),
    'cross-origin-resource-policy': 'cross-origin',
    // The container host learns its client's origin from it where the browser has no ancestorOrigins.
    'referrer-policy': 'strict-origin',
    'cache-control': 'no-cache',
  });
}
