/** What pages of a preview or a share link ask of their own origin: app data and where the backend is (SPEC.md). */
import * as z from 'zod';
import { TerrariumError } from '../../shared/errors/error.ts';
import { PREVIEW_PATHS } from '../../shared/protocol/preview-channel.ts';
import type { Capabilities } from '../auth/capability.ts';
import type { Backends } from '../backends/backends.ts';
import { errorResponse } from '../http/answer.ts';
import { readBody } from '../http/body.ts';
import type { Logger } from '../logger.ts';
import { createLive } from './live.ts';
import { createAppStore } from './store.ts';
import type { AppStore, Fields } from './store.ts';

export interface AppDataOptions {
  backends: Pick<Backends, 'database' | 'subscribe'>;
  capabilities: Capabilities;
  backendOrigin: (label: string) => string;
  logger: Logger;
}

export interface AppData {
  /** Whether a path of a preview's origin is of app data. */
  has(pathname: string): boolean;
  /** The answer to a page of this environment; every failure is an answer of the table. */
  fetch(request: Request, environmentId: string): Promise<Response>;
  close(): void;
}

const TOKEN_MS = 12 * 60 * 60 * 1000;
const MOST_BYTES = 64 * 1024;
const COLLECTION = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const fieldsSchema = z.record(z.string(), z.unknown());
const idSchema = z.string().min(1).max(200);

export function createAppData({ backends, capabilities, backendOrigin, logger }: AppDataOptions): AppData {
  const live = createLive();
  const follows = new Map<string, () => void>();

  /** Whoever empties or restores the database does it behind the API's back; the state tells. */
  function follow(environmentId: string): void {
    if (follows.has(environmentId)) return;
    follows.set(environmentId, backends.subscribe(environmentId, ({ event }) => {
      if (event.kind === 'state' && event.state === 'running') live.again(environmentId);
    }));
  }

  const storeOf = async (environmentId: string, signal: AbortSignal): Promise<AppStore> => createAppStore(await backends.database(environmentId, signal));

  function session(request: Request, label: string): Response {
    if (request.method !== 'POST') throw notFound(request);
    if (!isOfItsOrigin(request)) throw TerrariumError.of('E-TERRARIUM-1270');
    const expires = Date.now() + TOKEN_MS;
    const token = capabilities.issueCapability({ label, kind: 'app-data', exp: expires });
    return Response.json({ v: 1, backend: backendOrigin(label), token, expires }, { headers: { 'cache-control': 'no-store' } });
  }

  function authorise(request: Request, label: string): void {
    const token = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    const capability = token === undefined ? undefined : capabilities.verifyCapability(token);
    if (capability?.kind !== 'app-data' || capability.label !== label) throw TerrariumError.of('E-TERRARIUM-1270');
  }

  async function collectionOf(request: Request, environmentId: string, collection: string): Promise<Response> {
    const { signal } = request;
    const read = async () => (await storeOf(environmentId, signal)).list(collection, signal);
    if (request.method === 'GET' && /\btext\/event-stream\b/i.test(request.headers.get('accept') ?? '')) {
      follow(environmentId);
      return live.open(environmentId, collection, read);
    }
    if (request.method === 'GET') return answer(200, { records: await read() });
    if (request.method !== 'POST') throw notFound(request);
    const { id, fields } = await bodyOf(request);
    const record = await (await storeOf(environmentId, signal)).create(collection, id, fields, signal);
    live.tell(environmentId, collection, { kind: 'put', record });
    return answer(201, record);
  }

  async function recordOf(request: Request, environmentId: string, collection: string, id: string): Promise<Response> {
    const { signal } = request;
    const store = await storeOf(environmentId, signal);
    if (request.method === 'GET') return answer(200, await store.get(collection, id, signal));
    if (request.method === 'PATCH') {
      const record = await store.patch(collection, id, (await bodyOf(request)).fields, signal);
      live.tell(environmentId, collection, { kind: 'put', record });
      return answer(200, record);
    }
    if (request.method !== 'DELETE') throw notFound(request);
    await store.remove(collection, id, signal);
    live.tell(environmentId, collection, { kind: 'remove', id });
    return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
  }

  async function route(request: Request, environmentId: string): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === PREVIEW_PATHS.app) return session(request, environmentId);
    authorise(request, environmentId);
    const [room, collection, id, ...rest] = pathname.slice(PREVIEW_PATHS.app.length + 1).split('/').map(decoded);
    if (room !== 'data' || collection === undefined || rest.length > 0) throw notFound(request);
    if (!COLLECTION.test(collection)) throw TerrariumError.of('E-TERRARIUM-1271', { collection: collection.slice(0, 100) });
    return id === undefined ? await collectionOf(request, environmentId, collection) : await recordOf(request, environmentId, collection, id);
  }

  return {
    has: (pathname) => pathname === PREVIEW_PATHS.app || pathname.startsWith(`${PREVIEW_PATHS.app}/`),
    fetch: (request, environmentId) => route(request, environmentId).catch((error: unknown) => errorResponse(error, logger)),
    close: () => follows.forEach((stop) => stop()),
  };
}

const answer = (status: number, body: unknown): Response => Response.json(body, { status, headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } });
const notFound = (request: Request): TerrariumError => TerrariumError.of('E-TERRARIUM-1102', { method: request.method, path: new URL(request.url).pathname.slice(0, 200) });

/** No other site's page gets a token. Browsers say nothing of the site to addresses without TLS but loopback; of the origin they do. */
function isOfItsOrigin({ headers, url }: Request): boolean {
  const site = headers.get('sec-fetch-site');
  const origin = headers.get('origin') ?? '';
  return site === null ? URL.canParse(origin) && new URL(origin).host === (headers.get('host') ?? new URL(url).host) : site === 'same-origin';
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** AD3 */
async function bodyOf(request: Request): Promise<{ id: string | undefined; fields: Fields }> {
  const bytes = await readBody(request, MOST_BYTES).catch((error: unknown) => {
    throw error instanceof TerrariumError && error.code === 'E-TERRARIUM-1140' ? TerrariumError.of('E-TERRARIUM-1272', { limit: MOST_BYTES }) : error;
  });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw TerrariumError.of('E-TERRARIUM-1275', { problem: 'the body is no JSON' });
  }
  const parsed = fieldsSchema.safeParse(json);
  if (!parsed.success) throw TerrariumError.of('E-TERRARIUM-1275', { problem: 'the body is something else' });
  const { id: wanted, createdAt: _, updatedAt: __, ...fields } = parsed.data;
  const id = idSchema.optional().safeParse(wanted);
  if (!id.success) throw TerrariumError.of('E-TERRARIUM-1275', { problem: 'its id is no text of 1 to 200 characters' });
  return { id: id.data, fields };
}
