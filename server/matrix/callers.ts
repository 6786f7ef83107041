/** Everybody who may ask the server for something, made for one environment of a test server. */
import { VERBS } from '../../shared/agents/verbs.ts';
import type { Verb } from '../../shared/agents/verbs.ts';
import { json, makeAgent } from '../agents/testing.ts';
import { openDatabase } from '../storage/database.ts';
import { OWNER_TOKEN } from '../testing.ts';
import type { TestServer } from '../testing.ts';

export interface Caller {
  name: string;
  /** Undefined for who sends none. */
  token: string | undefined;
  /** What it is in the environment; `elsewhere` has a good token for another one. */
  role: 'owner' | 'editor' | 'viewer' | 'agent' | 'elsewhere' | 'none';
  verbs: readonly Verb[];
  /** An agent whose changes are proposals. */
  suggests?: true;
  /** By the token of an embed. */
  embed?: true;
  /** What every request of it is answered with, whatever it asks for. */
  refused?: string;
}

export async function makeCallers(server: TestServer, id: string): Promise<Caller[]> {
  const other = await server.create();
  const expired = await makeAgent(server, id);
  const revoked = await makeAgent(server, id);
  await server.api(`/api/environments/${id}/agents/${revoked.id}`, { method: 'DELETE' });
  const oldMember = await server.invite(id, 'editor');
  const database = openDatabase(`${server.settings.dataDir}/terrarium.sqlite`);
  database.prepare('UPDATE agent_tokens SET expires_at = 1 WHERE id = ?').run(expired.id);
  database.prepare('UPDATE members SET expires_at = 1 WHERE rowid = (SELECT MAX(rowid) FROM members)').run();
  database.close();
  const suggesting = (await makeAgent(server, id, { mode: 'suggest' })).token;
  const agents = await Promise.all(VERBS.map(async (verb): Promise<Caller> => ({ name: `agent with ${verb}`, token: (await makeAgent(server, id, { verbs: [verb] })).token, role: 'agent', verbs: [verb] })));
  const people = (name: string, role: 'editor' | 'viewer', token: string): Caller => ({ name, role, token, verbs: [] });
  return [
    people('editor', 'editor', await server.invite(id, 'editor')),
    people('viewer', 'viewer', await server.invite(id, 'viewer')),
    people('member by an editor’s share link', 'editor', await joinedBy(server, id, { role: 'editor' })),
    people('member by a viewer’s share link with code', 'viewer', await joinedBy(server, id, { role: 'viewer', code: true })),
    { name: 'embed for editors', role: 'editor', token: (await makeEmbed(server, id, 'editor')).token, verbs: [], embed: true },
    { name: 'embed for viewers', role: 'viewer', token: (await makeEmbed(server, id, 'viewer')).token, verbs: [], embed: true },
    ...agents,
    { name: 'agent that suggests', token: suggesting, role: 'agent', verbs: VERBS, suggests: true },
    { name: 'stranger', token: await server.invite(other, 'editor'), role: 'elsewhere', verbs: [] },
    { name: 'agent of another environment', token: (await makeAgent(server, other)).token, role: 'elsewhere', verbs: VERBS },
    { name: 'nobody', token: undefined, role: 'none', verbs: [] },
    { name: 'a token that is none', token: 'no-token-at-all', role: 'none', verbs: [], refused: 'E-TERRARIUM-1401' },
    { name: 'member whose invitation is over', token: oldMember, role: 'none', verbs: [], refused: 'E-TERRARIUM-1401' },
    { name: 'member whose share link was revoked', token: await revokedShare(server, id), role: 'none', verbs: [], refused: 'E-TERRARIUM-1401' },
    { name: 'embed that was revoked', token: await revokedEmbed(server, id), role: 'none', verbs: [], refused: 'E-TERRARIUM-1381' },
    { name: 'agent whose token is over', token: expired.token, role: 'none', verbs: [], refused: 'E-TERRARIUM-1411' },
    { name: 'agent whose token was revoked', token: revoked.token, role: 'none', verbs: [], refused: 'E-TERRARIUM-1412' },
    // Last, since it alone can end what the others ask for.
    { name: 'owner', token: OWNER_TOKEN, role: 'owner', verbs: [] },
  ];
}

interface Link {
  shareId: string;
  name: string;
  joinUrl: string | null;
}

export async function makeShare(server: TestServer, id: string, fields: object): Promise<Link> {
  return (await (await server.api(`/api/environments/${id}/shares`, json(fields))).json()) as Link;
}

interface Embed {
  embedId: string;
  token: string;
}

async function makeEmbed(server: TestServer, id: string, role: 'editor' | 'viewer'): Promise<Embed> {
  return (await (await server.api(`/api/environments/${id}/embeds`, json({ role, origins: ['https://embedder.example'] }))).json()) as Embed;
}

async function revokedEmbed(server: TestServer, id: string): Promise<string> {
  const { embedId, token } = await makeEmbed(server, id, 'editor');
  await server.api(`/api/environments/${id}/embeds/${embedId}`, { method: 'DELETE' });
  return token;
}

const tokenIn = ({ joinUrl }: Link): string => new URL(joinUrl ?? 'none:').searchParams.get('token') ?? '';

const joinedBy = async (server: TestServer, id: string, fields: object): Promise<string> => tokenIn(await makeShare(server, id, fields));

async function revokedShare(server: TestServer, id: string): Promise<string> {
  const link = await makeShare(server, id, { role: 'editor' });
  await server.api(`/api/environments/${id}/shares/${link.shareId}`, { method: 'DELETE' });
  return tokenIn(link);
}
