/** How a page reaches the server that its environment has: a token of its own origin, asked for once, and again before it ends. */

interface Session {
  backend: string;
  token: string;
  /** Milliseconds since the epoch. */
  expires: number;
}

const ROOT = '/~terrarium/app';
/** A token that ends sooner is not used any more, in milliseconds. */
const MARGIN = 60_000;

let asked: Promise<Session> | undefined;

export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly code: string | undefined;
  readonly status: number;
  constructor(message: string, { code, status }: { code: string | undefined; status: number }) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(ROOT + path, { ...init, credentials: 'same-origin', cache: 'no-store' });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new SandboxError('The server of this environment cannot be reached.', { code: undefined, status: 0 });
  }
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => undefined);
  const { code, message } = ((body as { error?: { code?: unknown; message?: unknown } } | undefined) ?? {}).error ?? {};
  throw new SandboxError(typeof message === 'string' ? message : `The server answered ${response.status}.`, { code: typeof code === 'string' ? code : undefined, status: response.status });
}

async function session(): Promise<Session> {
  const known = await asked?.catch(() => undefined);
  if (known !== undefined && known.expires - MARGIN > Date.now()) return known;
  asked = reach('', { method: 'POST' }).then(async (response) => {
    // A page that is served by something else than Terrarium gets that server's page at this path.
    if (!/^application\/json\b/.test(response.headers.get('content-type') ?? '')) throw new SandboxError('This page is not served by Terrarium: there is no app data here.', { code: undefined, status: response.status });
    return (await response.json()) as Session;
  });
  return await asked;
}

/** A call to app data; a token that the server takes no longer is asked for once more. */
export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const send = async (): Promise<Response> => reach(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${(await session()).token}` } });
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof SandboxError) || error.code !== 'E-TERRARIUM-1270') throw error;
    asked = undefined;
    return await send();
  }
}

export const SandboxAPI = {
  async fetch(path: string, init?: RequestInit): Promise<Response> {
    const { backend } = await session();
    const url = new URL(path, `${backend}/`);
    if (url.origin !== new URL(backend).origin) throw new SandboxError(`${url.origin} is not the backend of this environment. Call it from the backend, whose owner declares the hosts that it may reach.`, { code: undefined, status: 0 });
    return await fetch(url, init);
  },
  async backendUrl(): Promise<string> {
    return (await session()).backend;
  },
};
