/** Decides by host name which room answers (shared/hosts.ts). */
import { parseHost } from '../../shared/hosts.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { errorResponse } from '../http/answer.ts';
import type { AppData } from '../app-data/app-data.ts';
import type { Logger } from '../logger.ts';
import { serveApp } from './app-page.ts';
import { serveBroker } from './broker.ts';
import type { Incoming } from '../share/lan.ts';
import type { HostsContext } from './context.ts';
import { servePreviewHost } from './preview-host.ts';
import { servePreviewOrigin } from './preview-origin.ts';

type Answer = (request: Request) => Promise<Response> | Response;

export interface Rooms {
  context: HostsContext;
  /** `name[:port]` of the app. */
  baseHost: string;
  logger: Logger;
  /** The REST API and sign-in on the app's host; `undefined` for a path that is not theirs. */
  api: (request: Request, url: URL) => Promise<Response> | Response | undefined;
  packages: Answer;
  /** What pages of an environment keep on the server. */
  appData: Pick<AppData, 'has' | 'fetch'>;
  /** A share link's own host. */
  share: (request: Request, name: string, port: number | undefined, incoming: Incoming | undefined) => Promise<Response>;
}

export function createFetch({ context, baseHost, logger, api, packages, appData, share }: Rooms): (request: Request, connection?: { incoming?: Incoming }) => Promise<Response> {
  /** The app may read what the container host answers, so that it can say why one does not start. */
  async function readableByApp(answering: Promise<Response>): Promise<Response> {
    const response = await answering;
    if (!response.headers.has('access-control-allow-origin')) response.headers.set('access-control-allow-origin', context.origins.app);
    return response;
  }

  async function route(request: Request, incoming: Incoming | undefined): Promise<Response> {
    const url = new URL(request.url);
    const host = parseHost(request.headers.get('host') ?? url.host, baseHost);
    switch (host.role) {
      case 'app':
        return (await api(request, url)) ?? serveApp(request, url, context);
      case 'broker':
        return serveBroker(request, url, host.label, context);
      case 'host':
        return await readableByApp(servePreviewHost(request, url, host.label, context).catch((error: unknown) => errorResponse(error, logger)));
      case 'preview':
        if (appData.has(url.pathname)) return await appData.fetch(request, host.label);
        return servePreviewOrigin(request, url, host.label, context);
      case 'packages':
        return packages(request);
      case 'share':
        return await share(request, host.name, host.port, incoming);
      // The server's listener answers these before (server/backend-proxy/): a task's answer goes to its client byte by byte.
      case 'backend':
        throw TerrariumError.of('E-TERRARIUM-1103');
      case 'unknown':
        // The health check is asked by address, before any name is known.
        if (url.pathname === '/healthz') return health();
        throw TerrariumError.of('E-TERRARIUM-1103');
    }
  }
  return async function fetch(request, connection) {
    try {
      return await route(request, connection?.incoming);
    } catch (error) {
      return errorResponse(error, logger);
    }
  };
}

export const health = () => Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
