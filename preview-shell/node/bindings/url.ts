/** WHATWG URLs (node_url.cc): the browser's own parser, told in the way that Node's `URL` class reads it. */
import { native } from '../natives.ts';
import { fillComponents } from './url/components.ts';
import { unicodeDomain } from './url/punycode.ts';

/** `updateActions` of internal/url.js, by number. */
const SETTERS = ['protocol', 'host', 'hostname', 'port', 'username', 'password', 'pathname', 'search', 'hash', 'href'] as const;
const COMPONENTS = 9;
/** What a path may hold and a URL would read as something else (ada, path_percent_encode of node_url.cc). */
const PATH_ESCAPES: Readonly<Record<string, string>> = { '%': '%25', '\\': '%5C', '\n': '%0A', '\r': '%0D', '\t': '%09', '?': '%3F', '#': '%23',
  // Unsafe in RFC 1738, and written so by Node alone.
  '[': '%5B', ']': '%5D', '^': '%5E', '|': '%7C', '~': '%7E' };

export function create(): Record<string, unknown> {
  const urlComponents = new Uint32Array(COMPONENTS);
  const told = (url: URL): string => {
    fillComponents(urlComponents, url);
    return url.href;
  };
  return {
    urlComponents,
    parse(input: string, base: string | undefined, raise: boolean): string | undefined {
      const url = parsed(input, base);
      if (url !== null) return told(url);
      if (raise) throw invalidUrl(input, base);
      return undefined;
    },
    canParse: (input: string, base?: string) => parsed(input, base) !== null,
    update(href: string, action: number, value: string): string | false {
      const url = new native.URL(href);
      const setter = SETTERS[action];
      if (setter === undefined) return false;
      try {
        url[setter] = value;
      } catch {
        return false;
      }
      return told(url);
    },
    pathToFileURL(path: string, windows: boolean, hostname?: string): string {
      const pattern = windows ? /[%\n\r\t?#[\]^|~]/g : /[%\\\n\r\t?#[\]^|~]/g;
      const url = new native.URL('file://');
      url.pathname = path.replace(pattern, (character) => PATH_ESCAPES[character] ?? character);
      if (windows && hostname !== undefined) url.hostname = hostname;
      return told(url);
    },
    format(href: string, hash: boolean, unicode: boolean, search: boolean, auth: boolean): string {
      const url = new native.URL(href);
      if (!hash) url.hash = '';
      if (!search) url.search = '';
      if (!auth) url.username = url.password = '';
      if (!unicode || url.hostname === '') return url.href;
      return url.href.replace(url.hostname, () => unicodeDomain(url.hostname));
    },
    getOrigin: (href: string) => new native.URL(href).origin,
    domainToASCII: asciiDomain,
    domainToUnicode: (domain: string) => unicodeDomain(asciiDomain(domain)),
  };
}

/** The domain as a special URL's host; empty when it is none. */
function asciiDomain(domain: string): string {
  const url = new native.URL('ws://x');
  url.hostname = domain;
  return url.hostname === 'x' && domain.toLowerCase() !== 'x' ? '' : url.hostname;
}

/** Some browsers escape a character that no domain may hold; the standard refuses it (WHATWG URL, host parsing). */
function parsed(input: string, base: string | undefined): URL | null {
  const url = native.URL.parse(input, base);
  return url !== null && url.protocol in SPECIAL && url.hostname.includes('%') ? null : url;
}

const SPECIAL = { 'http:': 80, 'https:': 443, 'ws:': 80, 'wss:': 443, 'ftp:': 21, 'file:': 0 };

function invalidUrl(input: string, base: string | undefined): Error {
  return Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input, ...(base === undefined ? {} : { base }) });
}
