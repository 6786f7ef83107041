/**
 * The cookie jar of one preview origin (RFC 6265 section 5). A service worker cannot set cookies with its answers, and the cookies that a
 * preview host gets from the browser are shared with other environments; so the gateway keeps them. Kept for the life of the kernel.
 */
interface Cookie {
  name: string;
  value: string;
  path: string;
  httpOnly: boolean;
  /** Milliseconds since the epoch; undefined for a session cookie. */
  expires: number | undefined;
  created: number;
}

const MAX_COOKIES = 300;
const MAX_COOKIE_BYTES = 4096;

export class CookieJar {
  private readonly cookies = new Map<string, Cookie>();
  private created = 0;

  /** Takes one `Set-Cookie` value. Returns the `document.cookie` assignment that gives scripts the same, if they may see it. */
  set(value: string, requestPath: string, now = Date.now()): string | undefined {
    if (value.length > MAX_COOKIE_BYTES) return undefined;
    const [pair = '', ...attributes] = value.split(';');
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(equals, 0)).trim();
    const cookie: Cookie = {
      name, value: pair.slice(equals + 1).trim(), path: defaultPath(requestPath), httpOnly: false, expires: undefined, created: ++this.created,
    };
    if (name === '' && cookie.value === '') return undefined;
    for (const attribute of attributes) readAttribute(cookie, attribute, now);
    const key = `${name};${cookie.path}`;
    this.cookies.delete(key);
    if (cookie.expires === undefined || cookie.expires > now) this.cookies.set(key, cookie);
    if (this.cookies.size > MAX_COOKIES) this.cookies.delete(this.cookies.keys().next().value ?? '');
    return cookie.httpOnly ? undefined : assignment(cookie);
  }

  /** Value of the `Cookie` header for a request, or undefined. What scripts of the page set themselves (`fromPage`) wins. */
  header(requestPath: string, fromPage: string, now = Date.now()): string | undefined {
    const path = requestPath.split('?', 1)[0] ?? '/';
    const pairs = fromPage.split(';').map((pair) => pair.trim()).filter((pair) => pair !== '');
    const names = new Set(pairs.map((pair) => pair.split('=', 1)[0]));
    const own = [...this.cookies.values()]
      .filter((cookie) => (cookie.expires ?? Infinity) > now && pathMatches(path, cookie.path) && !names.has(cookie.name))
      .sort((a, b) => b.path.length - a.path.length || a.created - b.created)
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`));
    const all = [...own, ...pairs].join('; ');
    return all === '' ? undefined : all;
  }

  /** `document.cookie` assignments of all that scripts may see, for a page that starts. */
  visible(now = Date.now()): string[] {
    return [...this.cookies.values()].filter((cookie) => !cookie.httpOnly && (cookie.expires ?? Infinity) > now).map(assignment);
  }
}

function readAttribute(cookie: Cookie, attribute: string, now: number): void {
  const equals = attribute.indexOf('=');
  const key = (equals < 0 ? attribute : attribute.slice(0, equals)).trim().toLowerCase();
  const value = equals < 0 ? '' : attribute.slice(equals + 1).trim();
  if (key === 'httponly') cookie.httpOnly = true;
  if (key === 'path' && value.startsWith('/')) cookie.path = value;
  if (key === 'max-age' && /^-?\d+$/.test(value)) cookie.expires = now + Number(value) * 1000;
  if (key === 'expires' && cookie.expires === undefined) {
    const time = Date.parse(value);
    if (!Number.isNaN(time)) cookie.expires = time;
  }
}

function assignment(cookie: Cookie): string {
  const expires = cookie.expires === undefined ? '' : `; expires=${new Date(cookie.expires).toUTCString()}`;
  return `${cookie.name}=${cookie.value}; path=${cookie.path}${expires}`;
}

/** RFC 6265 section 5.1.4. */
function defaultPath(requestPath: string): string {
  const path = requestPath.split('?', 1)[0] ?? '/';
  const last = path.lastIndexOf('/');
  return last <= 0 ? '/' : path.slice(0, last);
}

function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/');
}
