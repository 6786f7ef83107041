/** The embeds of all environments: made, listed, ended (SPEC.md, EB1-EB5). */
import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { nanoid } from 'nanoid';
import { TerrariumError } from '../../shared/errors/error.ts';
import { createEmbedStore } from './store.ts';
import type { Embed } from './store.ts';

export interface NewEmbed {
  label: string;
  role: 'viewer' | 'editor';
  /** As `parentOrigin` gives them. */
  origins: string[];
  /** Milliseconds since the epoch. */
  expiresAt?: number | undefined;
}

export interface Embeds {
  /** The token is in the answer and nowhere else. @throws {TerrariumError} 1101, 1383 */
  create(environmentId: string, wanted: NewEmbed): { embed: Embed; token: string };
  /** Newest first, those that ended among them. */
  list(environmentId: string): Embed[];
  /** @throws {TerrariumError} 1380 */
  revoke(environmentId: string, id: string): void;
  /** `undefined` for what is no embed's token. @throws {TerrariumError} 1381 revoked or expired */
  identify(token: string): Embed | undefined;
  /** Which pages may frame the environment at this moment. */
  origins(environmentId: string): string[];
  /** Calls back with one that was revoked or has expired. */
  onEnded(listener: (embed: Embed) => void): void;
  /** Forgets those of an environment that was removed. */
  remove(environmentId: string): void;
  close(): void;
}

/** Tells an embed's token from others, and secret scanners what it is. */
export const EMBED_TOKEN_PREFIX = 'tge_';
/** Of one environment, those that ended among them. */
export const MAX_EMBEDS = 50;
/** The longest that a timer of Node waits (2^31 - 1 ms). */
const LONGEST_MS = 0x7fff_ffff;

export const isOpen = ({ revokedAt, expiresAt }: Embed, now = Date.now()): boolean => revokedAt === undefined && (expiresAt === undefined || expiresAt > now);

export const stateOf = (embed: Embed): 'open' | 'expired' | 'revoked' => (embed.revokedAt !== undefined ? 'revoked' : isOpen(embed) ? 'open' : 'expired');

export function createEmbeds(database: DatabaseSync): Embeds {
  const store = createEmbedStore(database);
  const byHash = new Map(store.all().map(({ embed, tokenHash }) => [tokenHash, embed]));
  const timers = new Map<string, NodeJS.Timeout>();
  const listeners = new Set<(embed: Embed) => void>();
  for (const embed of byHash.values()) watchExpiry(embed);

  const of = (environmentId: string): Embed[] => [...byHash.values()].filter((embed) => embed.environmentId === environmentId);

  function end(embed: Embed): void {
    clearTimeout(timers.get(embed.id));
    timers.delete(embed.id);
    for (const listener of listeners) listener(embed);
  }

  function watchExpiry(embed: Embed): void {
    if (embed.expiresAt === undefined || !isOpen(embed)) return;
    const look = () => (isOpen(embed) ? watchExpiry(embed) : end(embed));
    timers.set(embed.id, setTimeout(look, Math.min(LONGEST_MS, embed.expiresAt - Date.now())).unref());
  }

  return {
    create(environmentId, wanted) {
      if (of(environmentId).length >= MAX_EMBEDS) throw TerrariumError.of('E-TERRARIUM-1383', { limit: MAX_EMBEDS });
      if (wanted.expiresAt !== undefined && wanted.expiresAt <= Date.now()) throw TerrariumError.of('E-TERRARIUM-1101', { problems: 'expiresAt: must be in the future' });
      const token = EMBED_TOKEN_PREFIX + randomBytes(32).toString('base64url');
      const embed: Embed = { id: nanoid(), environmentId, label: wanted.label, role: wanted.role, origins: [...new Set(wanted.origins)], createdAt: Date.now(), expiresAt: wanted.expiresAt, revokedAt: undefined };
      store.insert(embed, hashOf(token));
      byHash.set(hashOf(token), embed);
      watchExpiry(embed);
      return { embed, token };
    },
    list: (environmentId) => of(environmentId).sort((a, b) => b.createdAt - a.createdAt),
    revoke(environmentId, id) {
      const embed = of(environmentId).find((one) => one.id === id);
      if (embed === undefined) throw TerrariumError.of('E-TERRARIUM-1380');
      if (!isOpen(embed)) return;
      embed.revokedAt = Date.now();
      store.revoke(id, embed.revokedAt);
      end(embed);
    },
    identify(token) {
      if (!token.startsWith(EMBED_TOKEN_PREFIX)) return undefined;
      const embed = byHash.get(hashOf(token));
      if (embed !== undefined && !isOpen(embed)) throw TerrariumError.of('E-TERRARIUM-1381');
      return embed;
    },
    origins: (environmentId) => [...new Set(of(environmentId).flatMap((embed) => (isOpen(embed) ? embed.origins : [])))],
    onEnded: (listener) => void listeners.add(listener),
    remove(environmentId) {
      for (const [hash, embed] of byHash) {
        if (embed.environmentId !== environmentId) continue;
        byHash.delete(hash);
        if (isOpen(embed)) end(embed);
      }
    },
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

/**
 * An origin that a page can have, as browsers write it; `undefined` for all else: an address with a path, a pattern, `null`, another scheme.
 * What it returns is safe in a Content-Security-Policy.
 */
export function parentOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin, href } = new URL(text);
  // A source list of CSP has no form for IPv6 addresses (CSP 3, 2.3.1, host-part).
  return href === `${origin}/` && /^https?:\/\/[a-z0-9.-]+(?::\d+)?$/.test(origin) ? origin : undefined;
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
