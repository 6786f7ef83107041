/** Tools about the running preview: what it serves, logs and requests. */
import * as z from 'zod';
import { tool } from './tool.ts';

const cursor = z.number().int().min(0).default(0).describe('0: from the first that is kept; else the "next" of the answer before');
const limit = z.number().int().min(1).max(500).default(100);
const read = { next: z.number().int(), missed: z.boolean().describe('Some between the cursor and these are no longer kept') };

export const previewTools = {
  preview_fetch: tool('destroys', {
    title: 'Fetch from the preview',
    description: 'Asks a server of the container over HTTP, as a browser or curl would, without running the page’s scripts.',
    verb: 'preview.read',
    input: z.strictObject({
      path: z.string().min(1).max(8192).regex(/^\//, 'must begin with "/"').default('/'),
      port: z.number().int().min(1).max(65_535).optional().describe('The environment’s own port unless named'),
      method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
      headers: z.record(z.string().max(256), z.string().max(8192)).default({}),
      body: z.string().max(1024 * 1024).optional(),
      timeoutSeconds: z.number().int().min(1).max(120).default(30),
    }),
    output: z.object({ status: z.number().int(), headers: z.record(z.string(), z.string()), body: z.string(), encoding: z.enum(['text', 'base64']), truncated: z.boolean().describe('More than 256 KiB') }),
  }),
  preview_console: tool('reads', {
    title: 'Console of the preview',
    description: 'What the pages of the preview have logged, thrown, and failed to build, in every member’s browser.',
    verb: 'preview.read',
    input: z.strictObject({ cursor, limit, levels: z.array(z.enum(['error', 'warn', 'info', 'log', 'debug'])).optional() }),
    output: z.object({ entries: z.array(z.object({ cursor: z.number().int(), time: z.string(), level: z.string(), text: z.string(), stack: z.string().nullable(), file: z.string().nullable(), line: z.number().int().nullable(), member: z.string() })), ...read }),
  }),
  preview_network: tool('reads', {
    title: 'Requests of the preview',
    description: 'What the pages of the preview have requested, in every member’s browser.',
    verb: 'preview.read',
    input: z.strictObject({ cursor, limit }),
    output: z.object({ entries: z.array(z.record(z.string(), z.unknown())), ...read }),
  }),
};
