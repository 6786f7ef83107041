/** Hosts of environments: the upgrade at `/ws/:environmentId/host`, and the links that it makes. Rules: SPEC.md. */
import type { IncomingMessage } from 'node:http';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { parseHost } from '../../shared/hosts.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { ALIVE_EVERY_MS, CLOSE, HOST_LINK_PROTOCOL } from '../../shared/protocol/host-link.ts';
import type { FromServer } from '../../shared/protocol/host-link.ts';
import { roleIn } from '../auth/identities.ts';
import type { Identities } from '../auth/identities.ts';
import type { Environments } from '../environments/environments.ts';
import type { Logger } from '../logger.ts';
import { identify } from '../rooms/sockets.ts';
import type { Upgrade } from '../rooms/sockets.ts';
import { HostConnection } from './connection.ts';
import { createHostRegistry } from './host-links.ts';
import { createEpochs, Lease } from './lease.ts';
import type { HostLinks } from './links.ts';

/** The library ends a connection by itself above this, without a code of ours. */
const HARD_MAX_FRAME = 8 * 1024 * 1024;
const ALIVE = JSON.stringify({ t: 'alive' } satisfies FromServer);

export interface HostsOptions {
  baseHost: string;
  identities: Identities;
  environments: Environments;
  logger: Logger;
}

export interface Hosts {
  links: HostLinks;
  upgrade: Upgrade;
  close(): void;
}

interface Place {
  lease: Lease;
  connections: Set<HostConnection>;
}

export function createHosts(options: HostsOptions): Hosts {
  const { baseHost, environments, logger } = options;
  const registry = createHostRegistry();
  const epochs = createEpochs();
  const places = new Map<string, Place>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: HARD_MAX_FRAME, perMessageDeflate: false, handleProtocols: (offered) => (offered.has(HOST_LINK_PROTOCOL) ? HOST_LINK_PROTOCOL : false) });
  const stopPings = keepAlive(sockets);

  environments.onSuspended((id) => {
    for (const connection of places.get(id)?.connections ?? []) connection.close(CLOSE.gone, TerrariumError.of('E-TERRARIUM-1159'));
  });
  environments.onRemoved((id) => {
    for (const connection of places.get(id)?.connections ?? []) connection.close(CLOSE.gone, TerrariumError.of('E-TERRARIUM-1304'));
  });

  function serve(socket: WebSocket, request: IncomingMessage, environmentId: string): void {
    socket.on('error', (error) => logger.warn('Host link failed', { environmentId, error: error.message }));
    try {
      admit(request, environmentId, options);
    } catch (error) {
      if (!(error instanceof TerrariumError)) throw error;
      return socket.close(4000 + error.status, `${error.code} ${error.message}`.slice(0, 120));
    }
    const place = places.get(environmentId) ?? { lease: new Lease(epochs), connections: new Set() };
    places.set(environmentId, place);
    const connection = new HostConnection(socket, {
      lease: place.lease,
      onLink: (link) => {
        registry.set(environmentId, link);
        logger.info(link === undefined ? 'Host left' : 'Host came', { environmentId, ...(link === undefined ? {} : { epoch: link.epoch, kind: link.kind }) });
      },
      onRefused: (error) => logger.warn('Host refused', { environmentId, error: error.message }),
    });
    place.connections.add(connection);
    socket.on('close', () => {
      place.connections.delete(connection);
      if (place.connections.size === 0) places.delete(environmentId);
    });
  }

  return {
    links: registry,
    upgrade(request, socket, head) {
      const environmentId = /^\/ws\/([A-Za-z0-9_-]{1,64})\/host(?:\?|$)/.exec(request.url ?? '')?.[1];
      if (environmentId === undefined || parseHost(request.headers.host, baseHost).role !== 'app') return false;
      sockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, request, environmentId));
      return true;
    },
    close() {
      stopPings();
      for (const client of sockets.clients) client.close(1012, 'The server restarts.');
      sockets.close();
    },
  };
}

/** Who may not write the environment may not answer for it either (HL11). */
function admit(request: IncomingMessage, environmentId: string, { identities, environments }: HostsOptions): void {
  const { origin } = request.headers;
  identities.checkOrigin(origin ?? null);
  const identity = identify(request, origin !== undefined, identities);
  if (identity === undefined) throw TerrariumError.of('E-TERRARIUM-1400');
  // What a visitor of somebody else's page runs answers for nobody (EB6).
  if (identity.embed !== undefined) throw TerrariumError.of('E-TERRARIUM-1402', { role: 'embed' });
  const role = roleIn(identity, environmentId);
  if (role === undefined || environments.find(environmentId) === undefined) throw TerrariumError.of('E-TERRARIUM-1001', { environmentId });
  if (role !== 'owner' && role !== 'editor') throw TerrariumError.of('E-TERRARIUM-1402', { role });
}

/** A connection that answers no ping for a whole round is dead: its lease must not outlive it. The page learns from `alive` that its own end is not (HL33). */
function keepAlive(sockets: WebSocketServer): () => void {
  const silent = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const client of sockets.clients) {
      if (silent.has(client)) client.terminate();
      silent.add(client);
      client.once('pong', () => silent.delete(client));
      client.ping();
      if (client.readyState === client.OPEN) client.send(ALIVE);
    }
  }, ALIVE_EVERY_MS).unref();
  return () => clearInterval(timer);
}
