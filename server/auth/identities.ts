/** Who asks: the owner, a member of one environment, or an agent, by bearer token or session cookie (row H4). */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { nanoid } from 'nanoid';
import * as z from 'zod';
import { SERVER_AUTHOR } from '../../shared/document/author.ts';
import type { Author } from '../../shared/document/author.ts';
import type { Agent } from '../agents/tokens.ts';
import type { Embed } from '../embeds/store.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Secrets } from './secrets.ts';

/** Begins the id of a member that is a browser of the server's (server/headless/). */
export const HOST_MEMBER_PREFIX = 'host_';

export type Role = 'owner' | 'editor' | 'viewer' | 'agent';
export type MemberRole = Exclude<Role, 'owner' | 'agent'>;

/** Everything that one request may act as. */
export interface Identity {
  owner: boolean;
  /** Environment id -> role there. */
  memberships: ReadonlyMap<string, MemberRole>;
  /** Environment id -> id of the membership that counts there. */
  memberIds: ReadonlyMap<string, string>;
  /** Of an agent's token; such an identity is nothing else. */
  agent?: Agent;
  /** Of an embed's token: a member whom nobody knows, in a frame of somebody else's page (server/embeds/SPEC.md). */
  embed?: Embed;
}

export interface Identities {
  /** From `Authorization`, else from the cookie where it counts. Throws 1401 for a bearer that is not valid, `undefined` for none. */
  identify(request: Request): Identity | undefined;
  identifyToken(token: string): Identity | undefined;
  /** For WebSocket upgrades: browsers send no fetch metadata there, and always an Origin. */
  identifyCookie(cookieHeader: string | null): Identity | undefined;
  /** Throws 1403 for an Origin that is not the app's. */
  checkOrigin(origin: string | null): void;
  /** `Set-Cookie` value that adds the token's rights to those the browser has, and what was gained. Throws 1401. */
  signIn(token: string, cookieHeader: string | null): { cookie: string; identity: Identity };
  signOut(): string;
  /** A new member's token, shown once. */
  invite(environmentId: string, role: MemberRole): string;
  /** A member under an id and a token that the caller has made; the token counts until `expiresAt` (milliseconds since the epoch) or `dismiss`. */
  admit(member: { id: string; environmentId: string; role: MemberRole; token: string; expiresAt: number }): void;
  /** An admitted member's token counts until then instead; nothing for one that was dismissed. */
  renew(memberId: string, expiresAt: number): void;
  dismiss(memberId: string): void;
  memberCount(environmentId: string): number;
}

const SESSION_MS = 30 * 24 * 3_600_000;
const INVITE_MS = 30 * 24 * 3_600_000;
/** A cookie holds at most so many memberships; the oldest go first. */
const MAX_MEMBERSHIPS = 20;

const sessionSchema = z.object({ owner: z.boolean(), members: z.array(z.string()).max(MAX_MEMBERSHIPS), exp: z.number() });
type Session = z.infer<typeof sessionSchema>;

interface MemberRow {
  id: string;
  environment_id: string;
  role: MemberRole;
}

export function createIdentities(options: { database: DatabaseSync; secrets: Secrets; cookieName: string; appOrigin: string; agentOf: (token: string) => Agent | undefined; embedOf: (token: string) => Embed | undefined }): Identities {
  const { database, secrets, cookieName, appOrigin, agentOf, embedOf } = options;
  // A new owner token ends all sessions of the old one.
  const key = createHmac('sha256', secrets.signing).update('session\0').update(secrets.ownerToken).digest();
  const byHash = database.prepare('SELECT id, environment_id, role FROM members WHERE token_hash = ? AND expires_at > ?');
  const byId = database.prepare('SELECT id, environment_id, role FROM members WHERE id = ? AND expires_at > ?');
  const insert = database.prepare('INSERT INTO members (id, environment_id, role, token_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM members WHERE id = ?');
  const setExpiry = database.prepare('UPDATE members SET expires_at = ? WHERE id = ?');
  const count = database.prepare('SELECT COUNT(*) AS n FROM members WHERE environment_id = ? AND expires_at > ?');
  const secure = appOrigin.startsWith('https:') ? '; Secure' : '';

  const memberOfToken = (token: string) => byHash.get(hashOf(token), Date.now()) as MemberRow | undefined;
  const isOwnerToken = (token: string) => timingSafeEqual(digest(token), digest(secrets.ownerToken));

  function identifyToken(token: string): Identity | undefined {
    if (isOwnerToken(token)) return { owner: true, memberships: new Map(), memberIds: new Map() };
    const agent = agentOf(token);
    if (agent !== undefined) return { owner: false, memberships: new Map(), memberIds: new Map(), agent };
    const embed = embedOf(token);
    if (embed !== undefined) return { owner: false, memberships: new Map([[embed.environmentId, embed.role]]), memberIds: new Map([[embed.environmentId, embedMemberId(embed)]]), embed };
    const member = memberOfToken(token);
    return member === undefined ? undefined : { owner: false, memberships: new Map([[member.environment_id, member.role]]), memberIds: new Map([[member.environment_id, member.id]]) };
  }

  function readSession(cookieHeader: string | null): Session | undefined {
    const value = cookieHeader?.split(';').map((part) => part.trim()).find((part) => part.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
    const [body, mac] = value?.split('.') ?? [];
    if (body === undefined || mac === undefined) return undefined;
    const wanted = createHmac('sha256', key).update(body).digest();
    const given = Buffer.from(mac, 'base64url');
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
    const session = sessionSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
    return session.success && session.data.exp > Date.now() ? session.data : undefined;
  }

  function identityOf(session: Session): Identity {
    const memberships = new Map<string, MemberRole>();
    const memberIds = new Map<string, string>();
    for (const id of session.members) {
      const member = byId.get(id, Date.now()) as MemberRow | undefined;
      if (member === undefined || memberships.get(member.environment_id) === 'editor') continue;
      memberships.set(member.environment_id, member.role);
      memberIds.set(member.environment_id, member.id);
    }
    return { owner: session.owner, memberships, memberIds };
  }

  function cookieOf(session: Session): string {
    const body = Buffer.from(JSON.stringify(session)).toString('base64url');
    const mac = createHmac('sha256', key).update(body).digest('base64url');
    return `${cookieName}=${body}.${mac}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}${secure}`;
  }

  function identifyCookie(cookieHeader: string | null): Identity | undefined {
    const session = readSession(cookieHeader);
    return session === undefined ? undefined : identityOf(session);
  }

  return {
    identifyToken,
    identifyCookie,
    identify(request) {
      const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
      if (bearer !== undefined) {
        const identity = identifyToken(bearer);
        if (identity === undefined) throw TerrariumError.of('E-TERRARIUM-1401');
        return identity;
      }
      // SameSite alone does not hold in every engine (browsers.md), so the cookie counts for the app's own requests only.
      return request.headers.get('sec-fetch-site') === 'same-origin' ? identifyCookie(request.headers.get('cookie')) : undefined;
    },
    checkOrigin(origin) {
      if (origin !== null && origin !== appOrigin) throw TerrariumError.of('E-TERRARIUM-1403', { origin: origin.slice(0, 200) });
    },
    signIn(token, cookieHeader) {
      const owner = isOwnerToken(token);
      const member = owner ? undefined : memberOfToken(token);
      if (!owner && member === undefined) throw TerrariumError.of('E-TERRARIUM-1401');
      const before = readSession(cookieHeader);
      const members = [...(before?.members ?? []).filter((id) => id !== member?.id), ...(member === undefined ? [] : [member.id])].slice(-MAX_MEMBERSHIPS);
      const session = { owner: owner || (before?.owner ?? false), members, exp: Date.now() + SESSION_MS };
      return { cookie: cookieOf(session), identity: identifyToken(token) ?? identityOf(session) };
    },
    signOut: () => `${cookieName}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0${secure}`,
    invite(environmentId, role) {
      const token = randomBytes(24).toString('base64url');
      insert.run(nanoid(), environmentId, role, hashOf(token), Date.now(), Date.now() + INVITE_MS);
      return token;
    },
    admit: ({ id, environmentId, role, token, expiresAt }) => void insert.run(id, environmentId, role, hashOf(token), Date.now(), expiresAt),
    renew: (memberId, expiresAt) => void setExpiry.run(expiresAt, memberId),
    dismiss: (memberId) => void remove.run(memberId),
    memberCount: (environmentId) => 1 + (count.get(environmentId, Date.now()) as { n: number }).n,
  };
}

/** As whom an embed is a member. */
export const embedMemberId = ({ id }: Pick<Embed, 'id'>): string => `embed-${id}`;

const digest = (text: string) => createHash('sha256').update(text).digest();
const hashOf = (token: string) => digest(token).toString('hex');

/** The role in an environment, `undefined` when the identity has none there. */
export function roleIn(identity: Identity, environmentId: string): Role | undefined {
  if (identity.owner) return 'owner';
  const { agent } = identity;
  if (agent !== undefined) return agent.environmentId === environmentId || agent.created.has(environmentId) ? 'agent' : undefined;
  return identity.memberships.get(environmentId);
}

/** As whom the identity changes an environment. Pages say the name that a person chose; a request of theirs has none. @throws {TerrariumError} 1001 for one without a role there */
export function authorIn(identity: Identity, environmentId: string): Author {
  if (identity.owner) return { kind: 'person', id: 'owner', name: 'Owner' };
  const { agent } = identity;
  if (agent !== undefined && roleIn(identity, environmentId) === 'agent') return { kind: 'agent', id: agent.id, name: agent.name };
  const id = identity.memberIds.get(environmentId);
  if (id === undefined) throw TerrariumError.of('E-TERRARIUM-1001', { environmentId: environmentId.slice(0, 64) });
  // What programs write in a runtime that nobody has open.
  if (id.startsWith(HOST_MEMBER_PREFIX)) return SERVER_AUTHOR;
  return { kind: 'person', id, name: identity.memberships.get(environmentId) === 'viewer' ? 'Viewer' : 'Editor' };
}
