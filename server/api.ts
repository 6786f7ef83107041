/** The REST API and sign-in, on the app's host. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { noteCalls } from './agents/calls.ts';
import type { Agents } from './agents/index.ts';
import type { McpEndpoint } from './agents/mcp.ts';
import { agentRoutes } from './agents/routes.ts';
import { reviewRoutes } from './agents/review-routes.ts';
import { toolRoutes } from './agents/tool-routes.ts';
import type { origins } from '../shared/hosts.ts';
import { TerrariumError } from '../shared/errors/error.ts';
import type { Activity } from './activity/activity.ts';
import { activityRoutes } from './activity/routes.ts';
import type { Identities, Identity } from './auth/identities.ts';
import { sessionRoutes } from './auth/routes.ts';
import { backendRedirect, isBackendRedirect } from './backend-proxy/redirect.ts';
import type { Backends } from './backends/backends.ts';
import { backendRoutes } from './backends/routes.ts';
import { backendSettingsRoutes } from './backend-settings/routes.ts';
import type { BackendSettings } from './backend-settings/settings.ts';
import type { NetworkProxy } from './egress/network-proxy.ts';
import { networkProxyRoutes } from './egress/routes.ts';
import type { Blobs } from './environments/blobs.ts';
import type { Embeds } from './embeds/embeds.ts';
import { embedRoutes } from './embeds/routes.ts';
import type { Environments } from './environments/environments.ts';
import type { Grants } from './environments/grants.ts';
import { fileRoutes } from './environments/file-routes.ts';
import { environmentRoutes } from './environments/routes.ts';
import type { History } from './history/history.ts';
import { historyRoutes } from './history/routes.ts';
import type { GitFetcher } from './transfer/git.ts';
import { transferRoutes } from './transfer/routes.ts';
import type { ResourceManager } from './resources/manager.ts';
import { resourceRoutes } from './resources/routes.ts';
import type { ResourceUse } from './resources/use.ts';
import { health } from './hosts/index.ts';
import type { HostLinks } from './host-link/links.ts';
import { errorResponse } from './http/answer.ts';
import type { Logger } from './logger.ts';
import type { Rooms } from './rooms/rooms.ts';
import type { Sharing } from './share/index.ts';
import { shareRoutes } from './share/routes.ts';

export interface ApiOptions {
  activity: Activity;
  environments: Environments;
  agents: Agents;
  embeds: Embeds;
  backends: Backends;
  backendSettings: BackendSettings;
  networkProxy: NetworkProxy;
  mcp: McpEndpoint;
  grants: Grants;
  rooms: Rooms;
  blobs: Blobs;
  history: History;
  git: GitFetcher;
  resources: ResourceManager;
  resourceUse: ResourceUse;
  /** Of an imported project that says nothing else. */
  defaultPort: number;
  hosts: HostLinks;
  sharing: Sharing;
  identities: Identities;
  origins: ReturnType<typeof origins>;
  logger: Logger;
  /** Sandbox tokens for preview frames. */
  sandbox: string;
}

export interface ApiEnv {
  Variables: { identity: Identity | undefined };
}
export type ApiApp = OpenAPIHono<ApiEnv>;

export interface Route {
  method: string;
  /** As Hono writes it: `:name` for a part, `*` for the rest. */
  path: string;
}

export interface Api {
  /** `undefined` for a path that is not of the API. */
  fetch(request: Request, url: URL): Promise<Response> | Response | undefined;
  /** Everything that answers, middleware left out. */
  routes: Route[];
}

export function createApi(options: ApiOptions): Api {
  const app = createApp(options);
  const routes = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => ({ method, path }));
  return { routes, fetch: (request, url) => answer(request, url) };

  function answer(request: Request, url: URL): Promise<Response> | Response | undefined {
    const { pathname } = url;
    if (pathname === '/healthz') return health();
    if (pathname === '/mcp') return options.mcp.fetch(request);
    if (isBackendRedirect(pathname)) return backendRedirect(request, url, options);
    if (pathname.startsWith('/ws/')) throw TerrariumError.of('E-TERRARIUM-1303');
    const isSignIn = pathname === '/login' && url.searchParams.has('token');
    return isSignIn || pathname === '/api' || pathname.startsWith('/api/') ? app.fetch(request) : undefined;
  }
}

/** All routes, with their schemas. */
export function createApp(options: ApiOptions): ApiApp {
  const app: ApiApp = new OpenAPIHono<ApiEnv>({
    defaultHook(result) {
      if (result.success) return;
      const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ');
      throw TerrariumError.of('E-TERRARIUM-1101', { problems: problems.slice(0, 1000) });
    },
  });
  app.use('/api/*', identify(options.identities));
  app.use('/api/*', noteCalls(options.agents));
  sessionRoutes(app, options);
  environmentRoutes(app, options);
  fileRoutes(app, options);
  shareRoutes(app, options);
  embedRoutes(app, options);
  backendRoutes(app, options);
  backendSettingsRoutes(app, options);
  networkProxyRoutes(app, options);
  activityRoutes(app, options);
  agentRoutes(app, options);
  toolRoutes(app, options);
  reviewRoutes(app, options);
  historyRoutes(app, options);
  transferRoutes(app, options);
  resourceRoutes(app, options);
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.doc31('/api/openapi.json', { openapi: '3.1.0', info: { title: 'Terrarium', version: '1' }, security: [{ bearer: [] }] });
  app.notFound((c) => errorResponse(TerrariumError.of('E-TERRARIUM-1102', { method: c.req.method, path: c.req.path }), options.logger));
  app.onError((error) => errorResponse(isBadJson(error) ? TerrariumError.of('E-TERRARIUM-1100') : error, options.logger));
  return app;
}

function identify(identities: Identities): MiddlewareHandler<ApiEnv> {
  return async function identifyCaller(c, next) {
    identities.checkOrigin(c.req.header('origin') ?? null);
    c.set('identity', identities.identify(c.req.raw));
    await next();
    c.header('x-content-type-options', 'nosniff');
    if (c.res.headers.get('cache-control') === null) c.header('cache-control', 'no-store');
  };
}

const isBadJson = (error: unknown) => error instanceof SyntaxError || (error instanceof HTTPException && error.status === 400);
