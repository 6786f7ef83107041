/** Where the parts of a URL lie in its href, as ada's `url_aggregator` counts them and Node's `URL` reads them. */
const OMITTED = 0xffffffff;
const NOT_SPECIAL = 1;
const SCHEME_TYPES: Readonly<Record<string, number>> = { 'http:': 0, 'https:': 2, 'ws:': 3, 'ftp:': 4, 'wss:': 5, 'file:': 6 };

/** protocol_end, username_end, host_start, host_end, port, pathname_start, search_start, hash_start, scheme_type. */
export function fillComponents(into: Uint32Array, url: URL): void {
  const { href, protocol, username, password, hostname, port } = url;
  const protocolEnd = protocol.length;
  let usernameEnd = protocolEnd;
  let hostStart = protocolEnd;
  let hostEnd = protocolEnd;
  if (href.startsWith('//', protocolEnd)) {
    usernameEnd = protocolEnd + 2 + username.length;
    hostStart = usernameEnd + (password === '' ? 0 : password.length + 1);
    const hasCredentials = username !== '' || password !== '';
    hostEnd = hostStart + hostname.length + (hasCredentials ? 1 : 0);
  }
  let pathStart = hostEnd + (port === '' ? 0 : port.length + 1);
  // A path that begins with two slashes is kept apart from a host by "/." (WHATWG URL, URL serializing).
  if (hostEnd === protocolEnd && href.startsWith('/.//', pathStart)) pathStart += 2;
  const hash = href.indexOf('#', pathStart);
  const search = href.slice(0, hash < 0 ? href.length : hash).indexOf('?', pathStart);
  into[0] = protocolEnd;
  into[1] = usernameEnd;
  into[2] = hostStart;
  into[3] = hostEnd;
  into[4] = port === '' ? OMITTED : Number(port);
  into[5] = pathStart;
  into[6] = search < 0 ? OMITTED : search;
  into[7] = hash < 0 ? OMITTED : hash;
  into[8] = SCHEME_TYPES[protocol] ?? NOT_SPECIAL;
}
