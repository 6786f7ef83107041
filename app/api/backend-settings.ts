/** Variables, secrets and hosts of a backend (server/backend-settings/routes.ts), for its owner. */
import * as z from 'zod';
import { callJson, jsonBody } from './request.ts';

const settingsSchema = z.object({
  variables: z.array(z.object({ name: z.string(), secret: z.boolean(), value: z.string().nullable(), updatedAt: z.string() })),
  hosts: z.array(z.object({ host: z.string(), header: z.string().nullable(), updatedAt: z.string() })),
});
/** The value of a secret and of a credential is never among them. */
export type BackendSettings = z.infer<typeof settingsSchema>;

const path = (id: string) => `/api/environments/${encodeURIComponent(id)}/backend`;
const named = (id: string, list: 'variables' | 'hosts', name: string) => `${path(id)}/${list}/${encodeURIComponent(name)}`;

export const getSettings = (id: string, signal?: AbortSignal): Promise<BackendSettings> => callJson(settingsSchema, `${path(id)}/settings`, { signal });
export const setVariable = (id: string, name: string, value: string, secret: boolean): Promise<BackendSettings> => callJson(settingsSchema, named(id, 'variables', name), { method: 'PUT', ...jsonBody({ value, secret }) });
export const removeVariable = (id: string, name: string): Promise<BackendSettings> => callJson(settingsSchema, named(id, 'variables', name), { method: 'DELETE' });
/** `credential`: a header field that is added to every request to the host; left out, the one it has stays. */
export const setHost = (id: string, host: string, credential?: { header: string; value: string }): Promise<BackendSettings> => callJson(settingsSchema, named(id, 'hosts', host), { method: 'PUT', ...jsonBody(credential === undefined ? {} : { credential }) });
export const removeHost = (id: string, host: string): Promise<BackendSettings> => callJson(settingsSchema, named(id, 'hosts', host), { method: 'DELETE' });
