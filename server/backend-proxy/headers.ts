/** What an instance sees of a request, and its client of the answer (SPEC BP3-BP7). Fields are flat lists of names and values, as `rawHeaders` is. */
import type { IncomingMessage } from 'node:http';
import { TerrariumError } from '../../shared/errors/error.ts';
import { foreignCookies, isOurCookie } from '../share/headers.ts';

/** Of one connection, and not of the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings']);
/** Said here; what a client says of them counts for nothing. `expect` was answered by this server. */
const MADE_HERE = /^(?:host|expect|forwarded|via|x-forwarded(?:-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-.*|x-original-.*|x-rewrite-.*|x-isolated-.*)$/;
/** Reach beyond this answer: other sites of the host, its ports, the next connection. CORS is this proxy's (cors.ts). */
const BEYOND = /^(?:clear-site-data|strict-transport-security|alt-svc|access-control-.*|x-isolated-.*)$/;

export interface Hop {
  /** `name[:port]` and scheme under which the client knows the backend. */
  host: string;
  scheme: string;
  /** Where the request came from. */
  address: string;
  /** For `X-Isolated-Auth`. */
  auth: string;
}

/** @throws {TerrariumError} 1237, 1238 for what no instance is given */
export function checkRequest(request: IncomingMessage, headerBytes: number): void {
  const refuse = (problem: string) => TerrariumError.of('E-TERRARIUM-1237', { problem });
  const { rawHeaders, url = '', method = '' } = request;
  let size = url.length;
  let hosts = 0;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    size += name.length + (rawHeaders[at + 1] ?? '').length + 4;
    if (name === 'host') hosts++;
  }
  if (size > headerBytes) throw TerrariumError.of('E-TERRARIUM-1238', { limit: headerBytes });
  if (hosts !== 1) throw refuse('it must name one host');
  // An absolute address may name another host than the field does.
  if (!url.startsWith('/')) throw refuse('its target must be a path');
  if (method === 'CONNECT' || method === 'TRACE') throw refuse(`${method} is not passed on`);
  // The parser refuses a length beside an encoding; chunked is the only encoding that has an end of its own.
  const encoding = request.headers['transfer-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'chunked') throw refuse('its body must be sent with a length, or chunked');
}

export function requestHeaders({ rawHeaders, headers }: IncomingMessage, { host, scheme, address, auth }: Hop): string[] {
  const dropped = connectionNames(headers.connection);
  const given = ['host', host];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''];
    const lower = name.toLowerCase();
    if (lower === 'cookie' || HOP_BY_HOP.has(lower) || dropped.has(lower) || MADE_HERE.test(lower)) continue;
    given.push(name, value);
  }
  const cookies = foreignCookies(headers.cookie ?? null);
  if (cookies !== undefined) given.push('cookie', cookies);
  given.push('x-forwarded-for', address, 'x-forwarded-host', host, 'x-forwarded-proto', scheme, 'x-isolated-auth', auth);
  return given;
}

/** `raw`: names and values as they came. */
export function answerHeaders(raw: readonly string[]): string[] {
  const given: string[] = [];
  const dropped = new Set<string>();
  for (let at = 0; at + 1 < raw.length; at += 2) if (raw[at]?.toLowerCase() === 'connection') for (const name of connectionNames(raw[at + 1])) dropped.add(name);
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name, value] = [raw[at] ?? '', raw[at + 1] ?? ''];
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || dropped.has(lower) || BEYOND.test(lower)) continue;
    if (lower !== 'set-cookie') given.push(name, value);
    else if (!isOurCookie(value)) given.push(name, value.replace(/;\s*domain=[^;]*/gi, ''));
  }
  return given;
}

/** Fields that the `Connection` field names; those of the body's framing and of the route are never dropped by it. */
function connectionNames(value: string | undefined): Set<string> {
  const names = (value ?? '').split(',').map((part) => part.trim().toLowerCase());
  return new Set(names.filter((name) => name !== '' && name !== 'content-length' && name !== 'host'));
}
