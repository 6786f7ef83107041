/** Puts the parts together: one process, one port, every room. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { TerrariumError } from '../shared/errors/error.ts';
import { origins } from '../shared/hosts.ts';
import { createActivity } from './activity/activity.ts';
import { createAppData } from './app-data/app-data.ts';
import { createAgents } from './agents/index.ts';
import { createMcp } from './agents/mcp.ts';
import { createAgentTokens } from './agents/tokens.ts';
import { createApi } from './api.ts';
import type { Route } from './api.ts';
import { createChannels } from './channels/channels.ts';
import { watchFiles } from './channels/file-changes.ts';
import { createBackendProxy } from './backend-proxy/index.ts';
import { createBackends } from './backends/index.ts';
import type { Backends } from './backends/backends.ts';
import { createBackendSettings } from './backend-settings/settings.ts';
import { createCapabilities } from './auth/capability.ts';
import { createIdentities, embedMemberId } from './auth/identities.ts';
import { loadSecrets } from './auth/secrets.ts';
import { createBackendEgress } from './egress/backend-end.ts';
import { createNetworkProxy } from './egress/network-proxy.ts';
import { createReach } from './egress/reach.ts';
import { createEmbeds } from './embeds/embeds.ts';
import { createBlobs } from './environments/blobs.ts';
import { createEnvironments } from './environments/environments.ts';
import { createGrants } from './environments/grants.ts';
import { createResourceManager } from './resources/manager.ts';
import { createResourceUse } from './resources/use.ts';
import { createGitFetcher } from './transfer/git.ts';
import { createHeadless } from './headless/index.ts';
import type { Headless } from './headless/index.ts';
import { createPreviewPages } from './headless/preview-pages.ts';
import { createSharedBrowser } from './headless/shared-browser.ts';
import { blobReferences } from './history/blob-references.ts';
import { createBlobSweep } from './history/blob-sweep.ts';
import { createHistory } from './history/history.ts';
import { createHosts } from './host-link/index.ts';
import { createFetch } from './hosts/index.ts';
import { roomsOf } from './hosts/policies.ts';
import { staticFolder } from './hosts/static-files.ts';
import type { HostLinks } from './host-link/links.ts';
import type { Logger } from './logger.ts';
import { createPackagesApp } from './packages/index.ts';
import { attachSockets } from './rooms/sockets.ts';
import { createRooms } from './rooms/rooms.ts';
import { createSharing } from './share/index.ts';
import type { Sharing } from './share/index.ts';
import type { Settings } from './settings.ts';
import { openDatabase } from './storage/database.ts';
import { checkSpaceIn } from './storage/space.ts';

export interface Terrarium {
  fetch(request: Request): Promise<Response>;
  /** One run of the collection of blobs; it runs by itself too. `now` in milliseconds since the epoch. */
  sweepBlobs(now?: number): Promise<unknown>;
  /** Every route of the REST API. */
  routes: readonly Route[];
  /** With which the owner signs in. */
  ownerToken: string;
  signInLink: string;
  /** The running containers that may be asked. */
  hosts: HostLinks;
  sharing: Sharing;
  backends: Backends;
  headless: Headless;
  listen(): Promise<void>;
  /** Stops taking requests, stores what is open, closes. */
  close(): Promise<void>;
}

/** Between two runs of the collection of blobs, each bounded. */
const SWEEP_EVERY_MS = 60_000;
/** How long requests under way may take when the server stops. */
const GRACE_MS = 3000;

export async function createTerrarium(settings: Settings, logger: Logger): Promise<Terrarium> {
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const secrets = loadSecrets(settings.dataDir, settings.ownerToken);
  const capabilities = createCapabilities(secrets.signing);
  const database = openDatabase(path.join(settings.dataDir, 'terrarium.sqlite'));
  const activity = createActivity({ logger });
  const channels = createChannels({ activity });
  const rooms = createRooms({
    database, logger, checkSpace: checkSpaceIn(settings.dataDir),
    onLoad(room) {
      room.doc.on('update', () => environments.use(room.environmentId));
      watchFiles(room, activity);
      backends.deploys.watch(room);
      agents.sessions.follow(room);
    },
    gate: (environmentId, actor) => agents.gate(environmentId, actor),
    onRemove(environmentId) {
      channels.remove(environmentId);
      activity.remove(environmentId);
      agents.remove(environmentId);
    },
  });
  const blobs = createBlobs(path.join(settings.dataDir, 'blobs'));
  const content = {
    history: createHistory(rooms, blobs),
    git: createGitFetcher({ folder: path.join(settings.dataDir, 'imports'), allowedOrigins: settings.egressAllowedOrigins ?? [] }),
    defaultPort: settings.config.preview.default_port,
  };
  const environments = createEnvironments({ database, rooms, blobs, templatesDir: settings.templatesDir, logger, onAwaited: expectPacks });
  const resources = createResourceManager({ environments, rooms, maxActive: settings.config.resources.max_active, idleMs: settings.config.resources.idle_timeout, logger });
  const at = origins(settings.baseOrigin);
  const tokens = createAgentTokens(database);
  const embeds = createEmbeds(database);
  embeds.onEnded((embed) => {
    const { code, message } = TerrariumError.of('E-TERRARIUM-1381');
    rooms.expel(embed.environmentId, { kind: 'person', id: embedMemberId(embed) }, 4410, `${code} ${message}`);
  });
  environments.onRemoved((environmentId) => embeds.remove(environmentId));
  const backendSettings = createBackendSettings({ database, key: secrets.backendSettings });
  const reach = createReach({
    settings: backendSettings, allow: settings.config.egress.allow, allowedOrigins: settings.egressAllowedOrigins ?? [],
    note: (environmentId, event) => backends.pool.note(environmentId, event),
  });
  const egress = createBackendEgress({ reach, logger });
  environments.onRemoved((environmentId) => void egress.shut(environmentId).catch((error: unknown) => logger.error('An egress end was not closed', { error: String(error) })));
  const identities = createIdentities({ database, secrets, agentOf: tokens.identify, embedOf: embeds.identify, cookieName: `terrarium_session_${new URL(settings.baseOrigin).port || 'default'}`, appOrigin: settings.baseOrigin });
  const grants = createGrants(database);
  const packages = await createPackagesApp({ dataDir: settings.dataDir, config: settings, templatesDir: settings.templatesDir, verifyCapability: capabilities.verifyCapability, grants: grants.of, logger });
  function expectPacks({ id, template }: { id: string; template: string }): void {
    packages.expected.prepare(id, template, async () => {
      const texts = new Map((await environments.templates.files(template)).map(({ path: name, text }) => [name, text]));
      const [packageJson, lockfile] = [texts.get('package.json'), texts.get('package-lock.json')];
      return packageJson === undefined || lockfile === undefined ? undefined : { packageJson, lockfile };
    });
  }
  const backends = createBackends({
    dataDir: settings.dataDir, config: settings.config.backend, packages, rooms, blobs, environments, logger,
    variables: (environmentId) => backendSettings.valuesOf(environmentId),
    egressSocket: (environmentId) => egress.open(environmentId),
  });
  backendSettings.onVariables(backends.deploys.activate);
  environments.onRemoved((environmentId) => void egress.shut(environmentId).catch((error: unknown) => logger.error('An egress end was not closed', { environmentId, error: String(error) })));
  const appData = createAppData({ backends: backends.pool, capabilities, backendOrigin: at.backend, logger });
  const dist = staticFolder(settings.distDir);
  const hosts = createHosts({ baseHost: new URL(settings.baseOrigin).host, identities, environments, logger });
  const browser = createSharedBrowser({ executable: settings.config.headless.executable, egress: settings.config.headless.egress, appOrigin: settings.baseOrigin });
  const headless = createHeadless({ browser, appOrigin: settings.baseOrigin, limits: settings.config.headless, identities, environments, hosts: hosts.links, logger });
  if (settings.config.headless.max > 0) hosts.links.setWaker((environmentId, signal) => headless.wake(environmentId, signal));
  const sharing = createSharing({ appData, database, environments, identities, rooms, signingKey: secrets.signing, hosts: hosts.links, origins: at, logger, lan: settings.config.share.lan });
  const pages = createPreviewPages({ browser, shares: sharing.shares, hosts: hosts.links, environments, origins: at });
  const agents = createAgents({ history: content.history, pages, sharing, backends: backends.pool, tokens, database, rooms, blobs, environments, hosts: hosts.links, activity, policy: packages.policy, origins: at, limits: settings.config.agents });
  let sweepTime: number | undefined;
  const sweep = createBlobSweep({
    database, blobs, environments: () => environments.list().map(({ id }) => id), now: () => sweepTime ?? Date.now(),
    references: (environmentId) => blobReferences(environmentId, { rooms, sessions: agents.sessions }),
  });
  let sweeping: Promise<unknown> = Promise.resolve();
  /** One after the other. */
  function sweepBlobs(now?: number): Promise<unknown> {
    const run = sweeping.then(() => {
      sweepTime = now;
      return sweep.run();
    });
    sweeping = run.catch((error: unknown) => logger.error('Blobs were not collected', { error: String(error) }));
    return run;
  }
  const sweepTimer = setInterval(() => void sweepBlobs().catch(() => undefined), SWEEP_EVERY_MS).unref();
  const mcp = createMcp({ agents, identities, logger, version: '1' });
  const backendProxy = createBackendProxy({
    app: settings.baseOrigin, backends: backends.pool, logger,
    isEnvironment: environments.isLabel,
    onUse: environments.use,
    isShareOf: (environmentId, origin) => sharing.shares.open().some((share) => share.environmentId === environmentId && sharing.urls(share).some(({ url }) => new URL(url).origin === origin)),
  });
  const api = createApi({ hosts: hosts.links, sharing, embeds, backends: backends.pool, backendSettings, networkProxy: createNetworkProxy(reach), activity, agents, mcp, environments, grants, rooms, blobs, ...content, resources, resourceUse: createResourceUse(hosts.links), identities, origins: at, logger, sandbox: settings.config.security.sandbox_attributes });
  const fetch = createFetch({
    baseHost: new URL(settings.baseOrigin).host,
    logger,
    api: (request, url) => api.fetch(request, url),
    packages: (request) => packages.fetch(request),
    appData,
    share: (...args) => sharing.fetch(...args),
    context: {
      dist,
      origins: at,
      rooms: roomsOf(settings.baseOrigin, settings.embedOrigins),
      sandbox: settings.config.security.sandbox_attributes,
      isEnvironment: environments.isLabel,
      embedders: (environmentId) => embeds.origins(environmentId),
      embeddersOfTask: (task) => [...new Set(environments.list().flatMap(({ id, taskId }) => (id === task || taskId === task ? embeds.origins(id) : [])))],
      expectedPacks: (label) => packages.expected.of(label),
      issueCapability: (label, lifetime) => capabilities.issueCapability({ label, kind: 'packages', exp: Date.now() + lifetime }),
      assets: async () => JSON.parse(await readFile(path.join(settings.distDir, 'host', 'manifest.json'), 'utf8').catch(() => '{}')) as unknown,
    },
  });

  const servers: Server[] = [];
  let sockets: { close(): Promise<void> }[] = [];

  const listener = getRequestListener(fetch);

  async function listenAt(address: string): Promise<void> {
    const server = createServer({ maxHeaderSize: 65536, keepAliveTimeout: 65_000 }, (request, response) => {
      if (!backendProxy.request(request, response)) void listener(request, response);
    });
    sockets.push(attachSockets(server, { others: [backendProxy.upgrade, hosts.upgrade, sharing.upgrade], agents, baseHost: new URL(settings.baseOrigin).host, identities, environments, rooms, channels, logger }));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(settings.port, address, () => {
        server.off('error', reject);
        resolve();
      });
    });
    servers.push(server);
  }

  return {
    fetch,
    sweepBlobs,
    routes: api.routes,
    hosts: hosts.links,
    sharing,
    backends: backends.pool,
    headless,
    ownerToken: secrets.ownerToken,
    signInLink: `${at.app}/login?token=${encodeURIComponent(secrets.ownerToken)}`,
    async listen() {
      for (const address of settings.listen) {
        await listenAt(address).catch((error: NodeJS.ErrnoException) => {
          // A machine without IPv6 has no "::1"; one address is enough.
          if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error;
        });
      }
      await sharing.start();
    },
    async close() {
      clearInterval(sweepTimer);
      await sweeping;
      resources.close();
      activity.close();
      embeds.close();
      await pages.close();
      await headless.close();
      await browser.close();
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
      await Promise.all(sockets.map((socket) => socket.close()));
      hosts.close();
      await sharing.close();
      sockets = [];
      for (const server of servers) server.closeIdleConnections();
      await Promise.race([Promise.all(closed), new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref())]);
      for (const server of servers) server.closeAllConnections();
      appData.close();
      await backendProxy.close();
      await backends.close();
      await egress.close();
      await reach.close();
      await mcp.close();
      agents.close();
      await Promise.all([rooms.close(), packages.close()]);
      database.close();
    },
  };
}
