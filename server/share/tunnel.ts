/** A visitor's request to a share link: who may, and through the environment's host to its server (SPEC.md). */
import { TerrariumError } from '../../shared/errors/error.ts';
import type { AppData } from '../app-data/app-data.ts';
import type { HostLinks } from '../host-link/links.ts';
import type { Logger } from '../logger.ts';
import { answerHeaders, cookieOf, PASSWORD_COOKIE, readableAgain, requestHeaders, type ShareAddress, type Visitor } from './headers.ts';
import { clientScript, withClient } from './client.ts';
import { errorJson, errorPage, isNavigation, passwordPage, SHARE_PATHS, SHARE_PREFIX } from './pages.ts';
import type { Passwords } from './password.ts';
import type { Shares } from './shares.ts';
import type { Share } from './store.ts';
import { createWakes } from './wakes.ts';

export interface TunnelOptions {
  shares: Shares;
  passwords: Passwords;
  hosts: HostLinks;
  appData: Pick<AppData, 'has' | 'fetch'>;
  /** Somebody visits what an environment shares. */
  onUse: (environmentId: string) => void;
  /** For how long the environment's files have not changed, at least. */
  quietMs: (environmentId: string) => number;
  logger: Logger;
}

/** A share and where on it. */
export interface Arrival {
  share: Share;
  address: ShareAddress;
}

export interface ShareTunnel {
  /** `find` throws for a link that is none, or no longer. */
  fetch(request: Request, find: () => Arrival, visitor: Visitor): Promise<Response>;
  /** Throws 1332 or 1334 for who has not given the password. */
  admit(share: Share, headers: Headers, visitor: Visitor): Promise<{ byHeader: boolean }>;
}

/** As nginx writes it in its log: the client has closed its request. */
const CLIENT_CLOSED = 499;
/** A form with one password and one path. */
const MAX_FORM = 16 * 1024;

export function createShareTunnel({ shares, passwords, hosts, appData, onUse, quietMs, logger }: TunnelOptions): ShareTunnel {
  const wakes = createWakes();

  async function admit(share: Share, headers: Headers, { address }: Visitor): Promise<{ byHeader: boolean }> {
    if (share.password === undefined) return { byHeader: false };
    const proof = cookieOf(headers.get('cookie'), PASSWORD_COOKIE);
    if (proof !== undefined && passwords.isProof(share, proof)) return { byHeader: false };
    const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(headers.get('authorization') ?? '')?.[1];
    const given = basic === undefined ? undefined : Buffer.from(basic, 'base64').toString().replace(/^[^:]*:/, '');
    if (given !== undefined && (await passwords.check(share, given, address))) return { byHeader: true };
    throw TerrariumError.of('E-TERRARIUM-1332');
  }

  async function unlock(request: Request, share: Share, visitor: Visitor): Promise<Response> {
    if (Number(request.headers.get('content-length') ?? MAX_FORM + 1) > MAX_FORM) throw TerrariumError.of('E-TERRARIUM-1140', { limit: MAX_FORM });
    const form = new URLSearchParams(await request.text());
    const next = pathOf(form.get('next'));
    if (!(await passwords.check(share, form.get('password') ?? '', visitor.address))) return passwordPage(next, true);
    const secure = new URL(request.url).protocol === 'https:' ? '; Secure' : '';
    const cookie = `${PASSWORD_COOKIE}=${passwords.prove(share)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000${secure}`;
    return new Response(null, { status: 303, headers: { location: next, 'set-cookie': cookie, 'cache-control': 'no-store' } });
  }

  async function own(request: Request, pathname: string, { share, address }: Arrival, visitor: Visitor): Promise<Response> {
    if (pathname === SHARE_PATHS.client) return new Response(clientScript(share, address), { headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' } });
    const link = hosts.of(share.environmentId);
    if (pathname === SHARE_PATHS.state) return Response.json({ ready: link !== undefined && (await link.ports()).some(({ port }) => port === address.port), quietMs: quietMs(share.environmentId) }, { headers: { 'cache-control': 'no-store' } });
    if (pathname !== SHARE_PATHS.wake || request.method !== 'POST') throw TerrariumError.of('E-TERRARIUM-1102', { method: request.method, path: pathname.slice(0, 200) });
    if (link === undefined) {
      if (!share.wake) throw TerrariumError.of('E-TERRARIUM-1337');
      wakes.take(share.environmentId, visitor.address);
    }
    await hosts.require(share.environmentId, request.signal);
    return new Response(null, { status: 303, headers: { location: '/', 'cache-control': 'no-store' } });
  }

  async function forward(request: Request, { share, address }: Arrival, visitor: Visitor, byHeader: boolean): Promise<Response> {
    const link = hosts.of(share.environmentId);
    if (link === undefined) throw TerrariumError.of('E-TERRARIUM-1320');
    onUse(share.environmentId);
    const { signal, done } = shares.viewers.enter(share.id, visitor);
    try {
      const headers = requestHeaders(request.headers, address, visitor, { dropAuthorization: byHeader });
      const navigates = isNavigation(request.headers);
      // A page is given our script, for which it must come as it is.
      if (navigates) headers.delete('accept-encoding');
      const asked = new Request(request.url, { method: request.method, headers, body: request.body, duplex: 'half' } as RequestInit);
      const answer = await link.request(address.port, asked, AbortSignal.any([request.signal, signal]));
      const given = readableAgain(answerHeaders(answer.headers, address), request.headers.get('origin'), address);
      const body = navigates ? withClient(answer.body, given, address) : answer.body;
      return new Response(untilOver(body, done, (error) => brokenOff(error, request.signal, visitor)), { status: answer.status, statusText: answer.statusText, headers: given });
    } catch (error) {
      done();
      throw error;
    }
  }

  /**
   * A body that breaks is a connection that breaks: its client sees that it has not got all. The HTTP server would else take the error for its own, print it,
   * and write its text behind what was sent.
   */
  function brokenOff(error: unknown, client: AbortSignal, { cut }: Visitor): boolean {
    logger.debug?.('Answer broken off', { code: error instanceof TerrariumError ? error.code : client.aborted ? 'client-gone' : 'E-TERRARIUM-1321' });
    cut?.();
    return cut !== undefined;
  }

  async function serve(request: Request, find: () => Arrival, visitor: Visitor): Promise<Response> {
    const arrival = find();
    const { pathname } = new URL(request.url);
    if (pathname === SHARE_PATHS.password && request.method === 'POST') return await unlock(request, arrival.share, visitor);
    const { byHeader } = await admit(arrival.share, request.headers, visitor);
    if (appData.has(pathname)) return await appData.fetch(request, arrival.share.environmentId);
    return pathname.startsWith(SHARE_PREFIX) ? await own(request, pathname, arrival, visitor) : await forward(request, arrival, visitor, byHeader);
  }

  return {
    admit,
    async fetch(request, find, visitor) {
      let mayWake = false;
      const arrive = (): Arrival => {
        const arrival = find();
        mayWake = hosts.canWake && arrival.share.wake;
        return arrival;
      };
      try {
        return await serve(request, arrive, visitor);
      } catch (error) {
        // Nobody is there to read it.
        if (request.signal.aborted) return new Response(null, { status: CLIENT_CLOSED });
        if (!(error instanceof TerrariumError)) throw error;
        return explain(request, error, mayWake);
      }
    },
  };
}

/** What is wrong, for a person as a page, for a program as the table's body. */
function explain(request: Request, error: TerrariumError, canWake: boolean): Response {
  const { pathname, search } = new URL(request.url);
  if (!isNavigation(request.headers)) return errorJson(error, error.code === 'E-TERRARIUM-1332' ? { 'www-authenticate': 'Basic realm="Terrarium share link", charset="UTF-8"' } : {});
  if (error.code === 'E-TERRARIUM-1332') return passwordPage(pathOf(pathname + search), false);
  const waits = error.code === 'E-TERRARIUM-1320' || error.code === 'E-TERRARIUM-1321' || error.code === 'E-TERRARIUM-1325';
  return errorPage(error, { waits, canWake: canWake && error.code === 'E-TERRARIUM-1320' });
}

/** A path of this host: nothing that a browser would read as another one. */
const pathOf = (text: string | null): string => (text !== null && /^\/(?![/\\])[\x21-\x7e]*$/.test(text) && !text.startsWith(SHARE_PREFIX) ? text : '/');

/** The same bytes; `done` is called once they have come, or nobody reads them any more. `broken` says of an error whether the reader is gone with its connection. */
function untilOver(body: ReadableStream<Uint8Array> | null, done: () => void, broken: (error: unknown) => boolean): ReadableStream<Uint8Array> | null {
  if (body === null) {
    done();
    return null;
  }
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: ended, value } = await reader.read();
          if (!ended) return controller.enqueue(value);
          done();
          controller.close();
        } catch (error) {
          done();
          if (!broken(error)) controller.error(error);
        }
      },
      cancel(reason) {
        done();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
