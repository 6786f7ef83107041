/** Calls to other hosts for front ends (row F5): as a backend's own, with redirects followed, each hop judged anew (SPEC EG8-EG11). */
import { Readable } from 'node:stream';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Reach, Reached } from './reach.ts';

export interface Ask {
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
}

/** What the other host said, for the field `x-terrarium-answer`: base64url of this as JSON. */
export interface AnswerHead {
  status: number;
  /** Of the last hop. */
  url: string;
  headers: [name: string, value: string][];
}

export interface NetworkProxy {
  /** The other host's body, whatever its status; how it answered is in `x-terrarium-answer`. @throws {TerrariumError} 1254-1260, 1264 */
  ask(environmentId: string, ask: Ask, options: { credentials: boolean; signal: AbortSignal }): Promise<Response>;
}

const MAX_REDIRECTS = 5;
/** A browser would keep these for our own origin, or act on them there. */
const NOT_SHOWN = new Set(['set-cookie', 'clear-site-data', 'strict-transport-security']);

export function createNetworkProxy(reach: Pick<Reach, 'call'>): NetworkProxy {
  return {
    async ask(environmentId, first, { credentials, signal }) {
      let hop = first;
      for (let hops = 0; ; hops++) {
        const reached = await reach.call(environmentId, { method: hop.method, url: hop.url, headers: Object.entries(hop.headers).flat(), body: hop.body ?? null, credentials, signal });
        const next = redirected(hop, reached);
        if (next === undefined) return respond(hop.url, reached);
        reached.body.destroy();
        if (hops >= MAX_REDIRECTS) throw TerrariumError.of('E-TERRARIUM-1256', { host: new URL(hop.url).host, reason: 'it redirects too often' });
        hop = next;
      }
    },
  };
}

/** The next hop, as the Fetch standard has it ("HTTP-redirect fetch"). */
function redirected(hop: Ask, { status, headers }: Reached): Ask | undefined {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'location');
  const location = at === -1 ? undefined : headers[at + 1];
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined || !URL.canParse(location, hop.url)) return undefined;
  const url = new URL(location, hop.url);
  const becomesGet = (status === 303 && hop.method !== 'HEAD') || ((status === 301 || status === 302) && hop.method === 'POST');
  const leaves = url.origin !== new URL(hop.url).origin;
  const kept = Object.entries(hop.headers).filter(([name]) => !(leaves && /^(?:authorization|cookie)$/i.test(name)) && !(becomesGet && /^content-/i.test(name)));
  return { url: url.href, headers: Object.fromEntries(kept), method: becomesGet ? 'GET' : hop.method, body: becomesGet ? undefined : hop.body };
}

/** Bytes that no browser shows, runs or keeps as this origin's, whatever they are. */
function respond(url: string, { status, headers, body }: Reached): Response {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) if (!NOT_SHOWN.has((headers[at] ?? '').toLowerCase())) pairs.push([headers[at] ?? '', headers[at + 1] ?? '']);
  const head: AnswerHead = { status, url, headers: pairs };
  return new Response(Readable.toWeb(body) as ReadableStream<Uint8Array>, {
    headers: {
      'content-type': 'application/octet-stream', 'x-content-type-options': 'nosniff', 'content-disposition': 'attachment', 'content-security-policy': "default-src 'none'; sandbox", 'cross-origin-resource-policy': 'same-origin', 'cache-control': 'no-store',
      'x-terrarium-answer': Buffer.from(JSON.stringify(head)).toString('base64url'),
    },
  });
}
