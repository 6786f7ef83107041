/** Share links (row E5) as the page needs them. */
import * as z from 'zod';
import { call, callJson, jsonBody } from './request.ts';

const shareSchema = z.object({
  shareId: z.string(),
  name: z.string(),
  url: z.string(),
  urls: z.array(z.object({ url: z.string(), port: z.number().int(), from: z.enum(['machine', 'network', 'everywhere']) })),
  role: z.enum(['viewer', 'editor']),
  code: z.boolean(),
  joinUrl: z.string().nullable(),
  ports: z.array(z.number().int()),
  hasPassword: z.boolean(),
  wake: z.boolean(),
  state: z.enum(['open', 'expired', 'revoked']),
  expiresAt: z.string().nullable(),
  viewers: z.array(z.object({ id: z.string(), address: z.string(), agent: z.string(), since: z.string(), open: z.number().int() })),
});
export type Share = z.infer<typeof shareSchema>;

export interface NewShare {
  role: 'viewer' | 'editor';
  code?: boolean;
  password?: string;
  /** Visitors may start the server's own browser where nobody has the environment open. */
  wake: boolean;
  /** ISO 8601. */
  expiresAt?: string;
  name?: string;
  ports?: number[];
}

const path = (environmentId: string) => `/api/environments/${encodeURIComponent(environmentId)}/shares`;

/** Newest first. */
export async function listShares(environmentId: string, signal?: AbortSignal): Promise<Share[]> {
  const { shares } = await callJson(z.object({ shares: z.array(shareSchema) }), path(environmentId), { signal });
  return shares;
}

export const createShare = (environmentId: string, wanted: NewShare): Promise<Share> => callJson(shareSchema, path(environmentId), { method: 'POST', ...jsonBody(wanted) });

export async function revokeShare(environmentId: string, shareId: string): Promise<void> {
  await call(`${path(environmentId)}/${encodeURIComponent(shareId)}`, { method: 'DELETE' });
}
