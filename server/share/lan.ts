/** A port of its own on the local network for each port of a share link (SPEC SH20, SH21). */
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { createAdaptorServer } from '@hono/node-server';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Logger } from '../logger.ts';
import type { Visitor } from './headers.ts';
import { errorJson } from './pages.ts';
import type { Shares } from './shares.ts';
import type { Share } from './store.ts';
import type { Arrival } from './tunnel.ts';

export interface LanOptions {
  shares: Shares;
  logger: Logger;
  fetch(request: Request, find: () => Arrival, visitor: Visitor): Promise<Response>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, find: () => Arrival, visitor: Visitor): void;
}

export interface Lan {
  /** Opens the ports of all links that are open, and from here on those of new ones. */
  start(): Promise<void>;
  /** Resolves when the ports of this link listen. */
  ready(share: Share): Promise<void>;
  /** Addresses of a port of the link on the local network. */
  urls(share: Share, port: number): string[];
  close(): Promise<void>;
}

/** IPv4 addresses that other machines of the network may reach. */
export function lanAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address));
}

const ownAddresses = (): Set<string> => new Set(Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address))));

export function createLan(options: LanOptions): Lan {
  const { shares, logger } = options;
  const servers = new Map<string, Server[]>();
  const starting = new Map<string, Promise<void>>();
  let started = false;

  shares.onOpened((share) => {
    if (started) void begin(share);
  });
  shares.onEnded((share) => stop(share.id));

  function begin(share: Share): Promise<void> {
    const opening = openAll(share).catch((error: unknown) => logger.warn('No port on the local network', { share: share.id, error: String(error) }));
    starting.set(share.id, opening);
    return opening;
  }

  async function openAll(share: Share): Promise<void> {
    const own: Server[] = [];
    servers.set(share.id, own);
    const ports: Record<string, number> = {};
    for (const port of share.ports) {
      const server = serverFor(share, port);
      own.push(server);
      ports[port] = await listen(server, share.lanPorts[port] ?? 0).catch(() => listen(server, 0));
    }
    // It may have ended meanwhile.
    if (servers.get(share.id) !== own) for (const server of own) shut(server);
    else if (JSON.stringify(ports) !== JSON.stringify(share.lanPorts)) shares.setLanPorts(share, ports);
  }

  function serverFor(share: Share, port: number): Server {
    const arrivalAt = (host: string | null | undefined) => (): Arrival => {
      const name = /^(.+):\d+$/.exec(host ?? '')?.[1];
      if (name === undefined || !ownAddresses().has(name)) throw TerrariumError.of('E-TERRARIUM-1103');
      return arrivalOn(shares.find(share.name), port, name);
    };
    const server = createAdaptorServer({
      serverOptions: { maxHeaderSize: 65_536 },
      fetch: (request: Request, env: { incoming: Incoming }) => options.fetch(request, arrivalAt(request.headers.get('host')), visitorOf(env.incoming)).catch((error: unknown) => {
        logger.error('Shared request failed', { error: String(error) });
        return errorJson(TerrariumError.of('E-TERRARIUM-1321'));
      }),
    }) as Server;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => options.upgrade(request, socket, head, arrivalAt(request.headers.host), visitorOf(request)));
    return server;
  }

  function stop(id: string): void {
    for (const server of servers.get(id) ?? []) shut(server);
    servers.delete(id);
    starting.delete(id);
  }

  return {
    async start() {
      started = true;
      await Promise.all(shares.open().map((share) => begin(share)));
    },
    ready: (share) => starting.get(share.id) ?? Promise.resolve(),
    urls: (share, port) => (servers.has(share.id) && share.lanPorts[port] !== undefined ? lanAddresses().map((address) => `http://${address}:${share.lanPorts[port]}/`) : []),
    async close() {
      for (const id of [...servers.keys()]) stop(id);
    },
  };
}

function arrivalOn(share: Share, port: number, name: string): Arrival {
  const originOf = (other: number) => (share.lanPorts[other] === undefined ? undefined : `http://${name}:${share.lanPorts[other]}`);
  return { share, address: { port, origin: originOf(port) ?? `http://${name}`, originOf, portOf: (origin) => share.ports.find((one) => originOf(one) === origin) } };
}

/** What is known of a connection, with the HTTP/2 requests of Node's own types among them. */
export type Incoming = Pick<IncomingMessage, 'socket' | 'headers'>;

export const visitorOf = (request: Incoming | undefined): Visitor => ({
  address: request?.socket.remoteAddress ?? '',
  agent: request?.headers['user-agent'] ?? '',
  ...(request === undefined ? {} : { cut: () => request.socket.destroy() }),
});

/** The port that it got; every address of this machine, since which of them are the local network's changes. */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '0.0.0.0', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function shut(server: Server): void {
  server.close();
  server.closeAllConnections();
}
