/** What the task's server sees of a visitor's request, and the visitor of its answer (SPEC SH10-SH13). */

/** Where a request came in, and the addresses of the link's ports as seen from there. */
export interface ShareAddress {
  /** Port of the container. */
  port: number;
  /** Origin that the visitor's browser has. */
  origin: string;
  /** Of a port of the link, as seen from that origin; undefined for what is not shared. */
  originOf(port: number): string | undefined;
  /** Port of such an origin. */
  portOf(origin: string): number | undefined;
}

/** Ours, on any host name: cookies ignore ports, so that a link on the local network shares its cookies with the app. */
const OURS = /^terrarium[-_]/i;
/** Of a `Set-Cookie` field. */
export const isOurCookie = (field: string): boolean => OURS.test(field.trimStart());
export const PASSWORD_COOKIE = 'terrarium_share';

/** Made here; what a visitor says of them counts for nothing. */
const MADE_HERE = /^(?:host|x-forwarded-.*|forwarded|x-real-ip|via)$/;
/** Reach beyond the link: the site's storage, its ports, its other addresses. */
const BEYOND = new Set(['clear-site-data', 'strict-transport-security', 'alt-svc', 'connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-authenticate', 'trailer']);

export interface Visitor {
  /** IP address. */
  address: string;
  agent: string;
  /** Breaks the connection off; left out where there is none. */
  cut?: () => void;
}

export function requestHeaders(given: Headers, address: ShareAddress, visitor: Visitor, options: { dropAuthorization: boolean }): Headers {
  const headers = new Headers();
  for (const [name, value] of given) if (!MADE_HERE.test(name) && name !== 'cookie') headers.append(name, value);
  if (options.dropAuthorization) headers.delete('authorization');
  const cookies = foreignCookies(given.get('cookie'));
  if (cookies !== undefined) headers.set('cookie', cookies);
  for (const name of ['origin', 'referer']) {
    const value = given.get(name);
    if (value !== null) headers.set(name, toLocal(address, value));
  }
  const { host, protocol } = new URL(address.origin);
  headers.set('host', `localhost:${address.port}`);
  headers.set('x-forwarded-host', host);
  headers.set('x-forwarded-proto', protocol.slice(0, -1));
  headers.set('x-forwarded-for', visitor.address);
  return headers;
}

export function answerHeaders(given: Headers, address: ShareAddress): Headers {
  const headers = new Headers();
  for (const [name, value] of given) {
    if (BEYOND.has(name) || name === 'set-cookie') continue;
    headers.append(name, name === 'location' || name === 'content-location' || name === 'access-control-allow-origin' ? toPublic(address, value) : value);
  }
  for (const cookie of given.getSetCookie()) if (!isOurCookie(cookie)) headers.append('set-cookie', cookie.replace(/;\s*domain=[^;]*/gi, ''));
  return headers;
}

/** One cookie of a request's header. */
export function cookieOf(header: string | null, name: string): string | undefined {
  return header?.split(';').map((part) => part.trim()).find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Without those that are ours; `undefined` where none is left. */
export function foreignCookies(header: string | null): string | undefined {
  const kept = (header ?? '').split(';').map((part) => part.trim()).filter((part) => part !== '' && !OURS.test(part));
  return kept.length === 0 ? undefined : kept.join('; ');
}

/** An address of this link as the task's own machine would name it. */
function toLocal(address: ShareAddress, url: string): string {
  const origin = /^https?:\/\/[^/?#]+/.exec(url)?.[0];
  const port = origin === undefined ? undefined : address.portOf(origin);
  return origin === undefined || port === undefined ? url : `http://localhost:${port}${url.slice(origin.length)}`;
}

const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d+))?(?=[/?#]|$)/i;

function toPublic(address: ShareAddress, url: string): string {
  return url.replace(LOOPBACK, (whole, port: string | undefined) => address.originOf(Number(port ?? 80)) ?? whole);
}

/**
 * An answer that a page of this origin asked for, and that its browser asks again about before each use, does not vary by `Origin` for that page: browsers name it for
 * module scripts and not for a script's `fetch`, which would else not find in their cache what the page runs (SPEC SH22).
 */
export function readableAgain(answer: Headers, origin: string | null, { port, portOf }: ShareAddress): Headers {
  const isOwn = origin === null || portOf(origin) === port;
  if (!isOwn || !/\bno-cache\b/i.test(answer.get('cache-control') ?? '')) return answer;
  const vary = (answer.get('vary') ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '' && name.toLowerCase() !== 'origin');
  if (vary.length > 0) answer.set('vary', vary.join(', '));
  else answer.delete('vary');
  return answer;
}
