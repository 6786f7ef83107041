/** Share links: their hosts, their ports on the local network, their routes. Rules: SPEC.md. */
import { TerrariumError } from '../../shared/errors/error.ts';
import { parseHost, type origins } from '../../shared/hosts.ts';
import type { AppData } from '../app-data/app-data.ts';
import type { HostLinks } from '../host-link/links.ts';
import type { Logger } from '../logger.ts';
import type { Upgrade } from '../rooms/sockets.ts';
import { createLan, visitorOf, type Incoming, type Lan } from './lan.ts';
import { createPasswords } from './password.ts';
import { createShares, type Shares, type SharesOptions } from './shares.ts';
import { createShareSockets } from './sockets.ts';
import type { Share } from './store.ts';
import { createShareTunnel, type Arrival } from './tunnel.ts';

export interface SharingOptions extends SharesOptions {
  hosts: HostLinks;
  appData: Pick<AppData, 'has' | 'fetch'>;
  origins: ReturnType<typeof origins>;
  logger: Logger;
  /** Ports on the local network are wanted. */
  lan: boolean;
}

/** Where a port of a link is reached from. */
export interface ShareUrl {
  url: string;
  port: number;
  /** `machine`: this computer alone. `network`: its local network. `everywhere`: whoever reaches this server. */
  from: 'machine' | 'network' | 'everywhere';
}

export interface Sharing {
  shares: Shares;
  urls(share: Share): ShareUrl[];
  /** Resolves when the addresses of a new link are known. */
  ready(share: Share): Promise<void>;
  fetch(request: Request, name: string, port: number | undefined, incoming: Incoming | undefined): Promise<Response>;
  upgrade: Upgrade;
  start(): Promise<void>;
  close(): Promise<void>;
}

export function createSharing(options: SharingOptions): Sharing {
  const { hosts, origins: at, logger } = options;
  const baseHost = new URL(at.app).host;
  const shares = createShares(options);
  const tunnel = createShareTunnel({ shares, hosts, appData: options.appData, logger, onUse: (environmentId) => options.environments.use(environmentId), quietMs: (environmentId) => options.rooms.quietMs(environmentId), passwords: createPasswords(options.signingKey) });
  const sockets = createShareSockets({ tunnel, shares, hosts, logger });
  const isLocal = /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(at.app).hostname);
  const lan: Lan | undefined = options.lan && isLocal ? createLan({ shares, logger, fetch: (...args) => tunnel.fetch(...args), upgrade: (...args) => sockets.upgrade(...args) }) : undefined;

  const originOf = (share: Share, port: number) => (port === share.ports[0] ? at.share(share.name) : share.ports.includes(port) ? at.share(share.name, port) : undefined);

  function arrival(name: string, port: number | undefined): Arrival {
    const share = shares.find(name);
    const wanted = port ?? share.ports[0];
    if (wanted === undefined || !share.ports.includes(wanted)) throw TerrariumError.of('E-TERRARIUM-1333', { port: wanted ?? 0 });
    return { share, address: { port: wanted, origin: at.share(name, port), originOf: (other) => originOf(share, other), portOf: (origin) => share.ports.find((one) => originOf(share, one) === origin || at.share(name, one) === origin) } };
  }

  return {
    shares,
    urls: (share) => share.ports.flatMap((port) => [
      { url: `${originOf(share, port) ?? at.share(share.name, port)}/`, port, from: isLocal ? ('machine' as const) : ('everywhere' as const) },
      ...(lan?.urls(share, port) ?? []).map((url) => ({ url, port, from: 'network' as const })),
    ]),
    ready: async (share) => await lan?.ready(share),
    fetch: (request, name, port, incoming) => tunnel.fetch(request, () => arrival(name, port), visitorOf(incoming)),
    upgrade(request, socket, head) {
      const host = parseHost(request.headers.host, baseHost);
      if (host.role !== 'share') return false;
      sockets.upgrade(request, socket, head, () => arrival(host.name, host.port), visitorOf(request));
      return true;
    },
    start: async () => await lan?.start(),
    async close() {
      shares.close();
      sockets.close();
      await lan?.close();
    },
  };
}
