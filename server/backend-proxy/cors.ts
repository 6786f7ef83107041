/** Whose pages may call a backend (SPEC BP8, BP9). The proxy says it, not the code: what the code says of CORS is dropped. */
import type { IncomingMessage } from 'node:http';
import { TerrariumError } from '../../shared/errors/error.ts';
import { parseHost } from '../../shared/hosts.ts';

export interface CorsContext {
  /** Origin of the app. */
  app: string;
  /** Whether the origin is that of an open share link of the environment. */
  isShareOf(environmentId: string, origin: string): boolean;
}

/** The page that calls; `undefined` where none says that it does. @throws {TerrariumError} 1233 */
export function callerOf(request: IncomingMessage, environmentId: string, context: CorsContext): string | undefined {
  const { origin } = request.headers;
  if (origin === undefined) return undefined;
  if (!mayCall(origin, environmentId, context)) throw TerrariumError.of('E-TERRARIUM-1233', { origin: origin.slice(0, 200) });
  return origin;
}

/** The backend itself, the environment's previews, the programs of its container, its share links. */
function mayCall(origin: string, environmentId: string, { app, isShareOf }: CorsContext): boolean {
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) return false;
  const { protocol, host } = new URL(origin);
  const base = new URL(app);
  if (protocol === base.protocol) {
    const role = parseHost(host, base.host);
    if (role.role === 'backend' || role.role === 'host' || role.role === 'preview') return role.label === environmentId;
  }
  return isShareOf(environmentId, origin);
}

export const isPreflight = ({ method, headers }: IncomingMessage): boolean => method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** Seconds for which a browser may keep what a preflight said. */
const PREFLIGHT_SECONDS = 600;

/** The caller may ask with what its preflight names. */
export function preflightHeaders({ headers }: IncomingMessage, caller: string): string[] {
  const method = headers['access-control-request-method'] ?? 'GET';
  const names = headers['access-control-request-headers'];
  return [...corsHeaders(caller, []), 'access-control-allow-methods', method, ...(names === undefined ? [] : ['access-control-allow-headers', names]), 'access-control-max-age', String(PREFLIGHT_SECONDS)];
}

/** For an answer with these fields; with credentials `*` is no wildcard, so every name is said. */
export function corsHeaders(caller: string | undefined, answer: readonly string[]): string[] {
  const names = answer.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  // A page that is isolated (COEP) shows a picture of another origin only where that one lets it.
  const embedded = names.includes('cross-origin-resource-policy') ? [] : ['cross-origin-resource-policy', 'cross-origin'];
  if (caller === undefined) return ['vary', 'origin', ...embedded];
  const exposed = [...new Set(names)].filter((name) => name !== 'set-cookie').join(', ');
  return ['vary', 'origin', 'access-control-allow-origin', caller, 'access-control-allow-credentials', 'true', ...(exposed === '' ? [] : ['access-control-expose-headers', exposed]), ...embedded];
}
