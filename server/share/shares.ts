/** The share links of all environments: made, listed, ended (SPEC SH1-SH5). */
import { createHmac } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { nanoid } from 'nanoid';
import { TerrariumError } from '../../shared/errors/error.ts';
import { isLabel } from '../../shared/hosts.ts';
import type { Identities } from '../auth/identities.ts';
import type { Environments } from '../environments/environments.ts';
import type { Rooms } from '../rooms/rooms.ts';
import { hashPassword } from './password.ts';
import { createShareStore, newShareName, type Share } from './store.ts';
import { createViewers, type Viewers } from './viewers.ts';

export interface NewShare {
  role: 'viewer' | 'editor';
  code?: boolean | undefined;
  /** The environment's own port where none is given. */
  ports?: number[] | undefined;
  password?: string | undefined;
  /** Left out: where it has a password. */
  wake?: boolean | undefined;
  /** Milliseconds since the epoch. */
  expiresAt?: number | undefined;
  name?: string | undefined;
}

export interface Shares {
  readonly viewers: Viewers;
  /** @throws {TerrariumError} 1101, 1335, 1336 */
  create(environmentId: string, wanted: NewShare): Promise<Share>;
  /** Newest first, those that ended among them. */
  list(environmentId: string): Share[];
  /** By id. @throws {TerrariumError} 1330 */
  revoke(environmentId: string, id: string): void;
  /** A link of the server's own, for its browser: in no list, on no network, and gone with `end` or the environment. */
  lend(environmentId: string, ports: number[]): { share: Share; end(): void };
  /** Every link that is open. */
  open(): Share[];
  /** By its name. @throws {TerrariumError} 1330, 1331 */
  find(name: string): Share;
  setLanPorts(share: Share, ports: Record<string, number>): void;
  /** With which a person joins as member, for links that give that. */
  memberToken(share: Share): string | undefined;
  onOpened(listener: (share: Share) => void): void;
  onEnded(listener: (share: Share) => void): void;
  close(): void;
}

/** Links of one environment, those that ended among them. */
const MAX_SHARES = 50;
/** The longest that a timer of Node waits (2^31 - 1 ms). */
const LONGEST_MS = 0x7fff_ffff;
/** A membership without an end ends then, far enough. */
const FOREVER = Date.UTC(2200, 0, 1);

export interface SharesOptions {
  database: DatabaseSync;
  environments: Environments;
  identities: Identities;
  rooms: Pick<Rooms, 'expel' | 'quietMs'>;
  signingKey: Uint8Array;
}

export const isOpen = ({ revokedAt, expiresAt }: Share, now = Date.now()): boolean => revokedAt === undefined && (expiresAt === undefined || expiresAt > now);

export const stateOf = (share: Share): 'open' | 'expired' | 'revoked' => (share.revokedAt !== undefined ? 'revoked' : isOpen(share) ? 'open' : 'expired');

const memberId = (share: Share): string => `share-${share.id}`;

export function createShares({ database, environments, identities, rooms, signingKey }: SharesOptions): Shares {
  const store = createShareStore(database);
  const viewers = createViewers();
  const byName = new Map(store.all().map((share) => [share.name, share]));
  const timers = new Map<string, NodeJS.Timeout>();
  const opened = new Set<(share: Share) => void>();
  const ended = new Set<(share: Share) => void>();
  for (const share of byName.values()) watchExpiry(share);
  const lent = new Map<string, Share>();
  environments.onRemoved((environmentId) => {
    for (const share of of(environmentId)) forget(share);
    for (const share of lent.values()) if (share.environmentId === environmentId) takeBack(share);
  });

  function takeBack(share: Share): void {
    if (lent.delete(share.name)) viewers.end(share.id, TerrariumError.of('E-TERRARIUM-1331'));
  }

  const of = (environmentId: string): Share[] => [...byName.values()].filter((share) => share.environmentId === environmentId);
  const givesMembership = (share: Share): boolean => share.role === 'editor' || share.code;
  const tokenOf = (share: Share): string => createHmac('sha256', signingKey).update('share-member\0').update(share.id).digest('base64url');

  function end(share: Share): void {
    clearTimeout(timers.get(share.id));
    timers.delete(share.id);
    const reason = TerrariumError.of('E-TERRARIUM-1331');
    identities.dismiss(memberId(share));
    rooms.expel(share.environmentId, { kind: 'person', id: memberId(share) }, 4410, `${reason.code} ${reason.message}`);
    viewers.end(share.id, reason);
    for (const listener of ended) listener(share);
  }

  function forget(share: Share): void {
    byName.delete(share.name);
    store.remove(share.id);
    if (isOpen(share)) end(share);
  }

  function watchExpiry(share: Share): void {
    if (share.expiresAt === undefined || share.revokedAt !== undefined || share.expiresAt <= Date.now()) return;
    const look = () => (isOpen(share) ? watchExpiry(share) : end(share));
    timers.set(share.id, setTimeout(look, Math.min(LONGEST_MS, share.expiresAt - Date.now())).unref());
  }

  function nameFor(environmentId: string, wanted: string | undefined): string {
    const name = wanted ?? newShareName();
    if (!isLabel(name)) throw TerrariumError.of('E-TERRARIUM-1101', { problems: 'name: must be 3 to 56 lower-case letters, digits and single hyphens inside' });
    const holder = byName.get(name);
    if (holder === undefined) return name;
    if (holder.environmentId !== environmentId || isOpen(holder)) throw TerrariumError.of('E-TERRARIUM-1335', { name });
    forget(holder);
    return name;
  }

  return {
    viewers,
    async create(environmentId, wanted) {
      const environment = environments.find(environmentId);
      if (environment === undefined) throw TerrariumError.of('E-TERRARIUM-1001', { environmentId });
      if (of(environmentId).length >= MAX_SHARES) throw TerrariumError.of('E-TERRARIUM-1336', { limit: MAX_SHARES });
      if (wanted.expiresAt !== undefined && wanted.expiresAt <= Date.now()) throw TerrariumError.of('E-TERRARIUM-1101', { problems: 'expiresAt: must be in the future' });
      const password = wanted.password === undefined ? undefined : await hashPassword(wanted.password);
      const ports = [...new Set(wanted.ports ?? [])];
      const share: Share = {
        id: nanoid(), environmentId, name: nameFor(environmentId, wanted.name), role: wanted.role, code: wanted.role === 'editor' || wanted.code === true,
        ports: ports.length === 0 ? [environment.port] : ports, lanPorts: {}, password, wake: wanted.wake ?? password !== undefined, createdAt: Date.now(), expiresAt: wanted.expiresAt, revokedAt: undefined,
      };
      store.insert(share);
      byName.set(share.name, share);
      if (givesMembership(share)) identities.admit({ id: memberId(share), environmentId, role: share.role, token: tokenOf(share), expiresAt: share.expiresAt ?? FOREVER });
      watchExpiry(share);
      for (const listener of opened) listener(share);
      return share;
    },
    list: (environmentId) => of(environmentId).sort((a, b) => b.createdAt - a.createdAt),
    revoke(environmentId, id) {
      const share = of(environmentId).find((one) => one.id === id);
      if (share === undefined) throw TerrariumError.of('E-TERRARIUM-1330');
      if (share.revokedAt !== undefined) return;
      const wasOpen = isOpen(share);
      share.revokedAt = Date.now();
      store.revoke(id, share.revokedAt);
      if (wasOpen) end(share);
    },
    open: () => [...byName.values()].filter((share) => isOpen(share)),
    lend(environmentId, ports) {
      const share: Share = { id: nanoid(), environmentId, name: newShareName(), role: 'viewer', code: false, ports, lanPorts: {}, password: undefined, wake: false, createdAt: Date.now(), expiresAt: undefined, revokedAt: undefined };
      lent.set(share.name, share);
      return { share, end: () => takeBack(share) };
    },
    find(name) {
      const share = byName.get(name) ?? lent.get(name);
      if (share === undefined) throw TerrariumError.of('E-TERRARIUM-1330');
      if (!isOpen(share)) throw TerrariumError.of('E-TERRARIUM-1331');
      return share;
    },
    setLanPorts(share, ports) {
      share.lanPorts = ports;
      store.setLanPorts(share.id, ports);
    },
    memberToken: (share) => (givesMembership(share) ? tokenOf(share) : undefined),
    onOpened: (listener) => void opened.add(listener),
    onEnded: (listener) => void ended.add(listener),
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
