/** Embeds (row E6) as the page needs them. */
import * as z from 'zod';
import { call, callJson, jsonBody } from './request.ts';

const embedSchema = z.object({
  embedId: z.string(),
  label: z.string(),
  role: z.enum(['viewer', 'editor']),
  origins: z.array(z.string()),
  state: z.enum(['open', 'expired', 'revoked']),
  expiresAt: z.string().nullable(),
});
export type Embed = z.infer<typeof embedSchema>;

export interface NewEmbed {
  role: 'viewer' | 'editor';
  origins: string[];
  label?: string;
  /** ISO 8601. */
  expiresAt?: string;
}

const path = (environmentId: string) => `/api/environments/${encodeURIComponent(environmentId)}/embeds`;

/** Newest first. */
export async function listEmbeds(environmentId: string, signal?: AbortSignal): Promise<Embed[]> {
  const { embeds } = await callJson(z.object({ embeds: z.array(embedSchema) }), path(environmentId), { signal });
  return embeds;
}

/** The token is in this answer and nowhere else. */
export async function createEmbed(environmentId: string, wanted: NewEmbed): Promise<string> {
  const { token } = await callJson(embedSchema.extend({ token: z.string() }), path(environmentId), { method: 'POST', ...jsonBody(wanted) });
  return token;
}

export async function revokeEmbed(environmentId: string, embedId: string): Promise<void> {
  await call(`${path(environmentId)}/${encodeURIComponent(embedId)}`, { method: 'DELETE' });
}
