/**
 * What the task's server sees of a request, and what the page sees of the answer. Rule GW8 of SPEC.md.
 */
import { parseHost } from '../../../shared/hosts.ts';
import type { HeaderList, IsolationMode, RequestContext } from '../../../shared/protocol/preview-channel.ts';

/** RFC 9110 section 7.6.1, and what a proxy must answer for itself. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'proxy-authenticate', 'proxy-authorization']);
/** Made by the gateway; what the page says of them is dropped, as a browser drops it. */
const OWN_REQUEST_HEADERS = new Set(['host', 'origin', 'referer', 'cookie', 'content-length', 'expect', 'accept-encoding', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-forwarded-for', 'forwarded']);

export interface PreviewAddress {
  /** `http` or `https`. */
  scheme: string;
  /** Host of the deployment, e.g. `localhost:4000`. */
  baseHost: string;
  label: string;
  port: number;
}

export const previewHost = ({ label, port, baseHost }: PreviewAddress, other = port) => `${label}--${other}.preview.${baseHost}`;
export const previewOrigin = (address: PreviewAddress, other = address.port) => `${address.scheme}://${previewHost(address, other)}`;

/**
 * The host that the task's server is told. Dev servers answer `*.localhost` and `localhost` and refuse strangers (Vite's `server.allowedHosts`),
 * so a preview under another domain is presented as `localhost:<port>`, with its Origin and Referer to match; and so is one that a page asked for by that name.
 */
function isPresentedAsLocalhost(address: PreviewAddress, context: RequestContext): boolean {
  const name = address.baseHost.split(':')[0] ?? '';
  return context.loopback === true || !(name === 'localhost' || name.endsWith('.localhost'));
}

/** What the task's server is told of an address of this environment. */
export function present(address: PreviewAddress, context: RequestContext, url: string): string {
  const origin = /^https?:\/\/[^/?#]+/.exec(url)?.[0];
  const port = origin === undefined ? undefined : siblingPort(address, origin);
  return origin === undefined || port === undefined || !isPresentedAsLocalhost(address, context) ? url : `http://localhost:${port}${url.slice(origin.length)}`;
}

export interface ForwardedRequest {
  method: string;
  headers: HeaderList;
  context: RequestContext;
  /** Undefined: no body. Null: of unknown length. */
  contentLength: number | null | undefined;
  cookie: string | undefined;
}

export function requestHeaders(address: PreviewAddress, request: ForwardedRequest): HeaderList {
  const { context } = request;
  const result: HeaderList = [['Host', new URL(present(address, context, previewOrigin(address))).host]];
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || OWN_REQUEST_HEADERS.has(lower) || lower.startsWith('sec-')) continue;
    if (isSafeHeader(name, value)) result.push([name, value]);
  }
  // Fetch standard, "append a request Origin header": always for CORS and for all but GET and HEAD.
  const unsafe = request.method !== 'GET' && request.method !== 'HEAD';
  const isCors = context.mode !== 'no-cors' && context.origin !== previewOrigin(address);
  const ofPage: HeaderList = [];
  if (context.origin !== '' && (unsafe || isCors)) ofPage.push(['Origin', present(address, context, context.origin)]);
  if (/^https?:/.test(context.referrer)) ofPage.push(['Referer', present(address, context, context.referrer)]);
  result.push(...ofPage.filter(([name, value]) => isSafeHeader(name, value)));
  if (request.cookie !== undefined) result.push(['Cookie', request.cookie]);
  result.push(...fetchMetadata(address, context));
  result.push(
    ['X-Forwarded-Host', previewHost(address)],
    ['X-Forwarded-Proto', address.scheme],
    ['X-Forwarded-For', '127.0.0.1'],
    ['Connection', 'keep-alive'],
  );
  if (request.contentLength === null) result.push(['Transfer-Encoding', 'chunked']);
  else if (request.contentLength !== undefined) result.push(['Content-Length', String(request.contentLength)]);
  return result;
}

/** Fetch Metadata (W3C): Vite refuses scripts that a foreign site includes by these. */
function fetchMetadata(address: PreviewAddress, context: RequestContext): HeaderList {
  if (context.mode === '') return [];
  const site = context.origin === '' ? 'none' : context.origin === previewOrigin(address) ? 'same-origin' : 'same-site';
  const result: HeaderList = [
    ['Sec-Fetch-Site', site],
    ['Sec-Fetch-Mode', token(context.mode)],
    ['Sec-Fetch-Dest', token(context.destination) || 'empty'],
  ];
  if (context.mode === 'navigate') result.push(['Sec-Fetch-User', '?1']);
  return result;
}

const token = (text: string) => text.replace(/[^a-z-]/g, '');

/** No line breaks, no characters beyond Latin-1, a token for a name (RFC 9110 section 5). */
export function isSafeHeader(name: string, value: string): boolean {
  // oxlint-disable-next-line no-control-regex -- field values are exactly these characters
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

export function responseHeaders(address: PreviewAddress, headers: HeaderList, isolation: IsolationMode): HeaderList {
  const result: HeaderList = [];
  for (const [name, value] of headers) {
    const kept = responseHeader(address, name.toLowerCase(), value);
    if (kept !== undefined) result.push([name, kept]);
  }
  if (isolation !== 'none') {
    const policy = isolation === 'coep-require-corp' ? 'require-corp' : 'credentialless';
    replace(result, 'Cross-Origin-Embedder-Policy', policy);
    replace(result, 'Cross-Origin-Resource-Policy', 'cross-origin');
  }
  return result;
}

function responseHeader(address: PreviewAddress, name: string, value: string): string | undefined {
  if (HOP_BY_HOP.has(name) || name === 'set-cookie' || name === 'set-cookie2') return undefined;
  // The app frames the preview; who else may is said by the preview host's own bootstrap page.
  if (name === 'x-frame-options') return undefined;
  if (name === 'content-security-policy') return withoutFrameAncestors(value);
  // A page that asks for isolation of its own would cut itself off from the app that frames it.
  if (name === 'document-isolation-policy' || name === 'clear-site-data') return undefined;
  if (name === 'location' || name === 'content-location' || name === 'access-control-allow-origin') return toPreview(address, value);
  return value;
}

function withoutFrameAncestors(value: string): string | undefined {
  const policies = value.split(',').map((policy) =>
    policy.split(';').map((part) => part.trim()).filter((part) => part !== '' && !/^frame-ancestors(\s|$)/i.test(part)).join('; '));
  const rest = policies.filter((policy) => policy !== '').join(', ');
  return rest === '' ? undefined : rest;
}

const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d+))?(?=[/?#]|$)/i;

/** An absolute address of a port of the container becomes the preview origin of that port. */
export function toPreview(address: PreviewAddress, url: string): string {
  return url.replace(LOOPBACK, (_, port: string | undefined) => previewOrigin(address, Number(port ?? 80)));
}

/** The port of an origin of the same environment. */
function siblingPort(address: PreviewAddress, origin: string): number | undefined {
  if (!origin.startsWith(`${address.scheme}://`)) return undefined;
  const role = parseHost(origin.slice(address.scheme.length + 3), address.baseHost);
  return role.role === 'preview' && role.label === address.label ? role.port : undefined;
}

function replace(headers: HeaderList, name: string, value: string): void {
  const at = headers.findIndex(([key]) => key.toLowerCase() === name.toLowerCase());
  if (at >= 0) headers.splice(at, 1);
  headers.push([name, value]);
}
