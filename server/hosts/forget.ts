/** A page with which a browser drops what it keeps of an environment that is gone: its disk, its service workers, what its pages stored (SPEC H14). */
import { createHash } from 'node:crypto';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { HostsContext } from './context.ts';

/**
 * Framed by the app alone, and only of labels that are nobody's: an embedder's container keeps what is its own under a label that no environment
 * has. Clear-Site-Data would do it with a header, but reaches only what a browser keeps for the origin on its own, not within the app.
 */
export async function forgetPage(request: Request, label: string, { origins, isEnvironment, dist }: HostsContext): Promise<Response> {
  if (isEnvironment(label)) throw TerrariumError.of('E-TERRARIUM-1102', { method: request.method, path: new URL(request.url).pathname });
  const script = await dist.readText('host/forget.js');
  if (script === undefined) throw TerrariumError.of('E-TERRARIUM-3002', { part: 'preview-shell' });
  const hash = createHash('sha256').update(script).digest('base64');
  return new Response(`<!doctype html><html lang="en" data-app="${origins.app}"><meta charset="utf-8"><title>Forget</title><script type="module">${script}</script></html>`, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': `default-src 'none'; script-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors ${origins.app}`,
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'cross-origin',
    },
  });
}
