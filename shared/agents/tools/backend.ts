/** Tools about the environment's backend: deploy it, read what it says, query its database. */
import * as z from 'zod';
import { backendEventSchema } from '../../protocol/backend-events.ts';
import { tool } from './tool.ts';

const status = z.object({
  present: z.boolean().describe('The project has an entry, such as backend/index.ts'),
  state: z.string(),
  url: z.string().describe('Where it answers; the front end has it as VITE_API_URL'),
  code: z.string().nullable().describe('Why it does not serve, or why the last deploy failed while an older version serves'),
  message: z.string().nullable(),
});
const cell = z.union([z.null(), z.number(), z.string(), z.object({ base64: z.string() })]);

export const backendTools = {
  backend_status: tool('reads', {
    title: 'State of the backend',
    description: 'Whether the project has a backend (a fetch handler in backend/index.ts, its migrations in backend/migrations/*.sql), whether it runs, and why not.',
    verb: 'preview.read',
    input: z.strictObject({}),
    output: status,
  }),
  backend_deploy: tool('writes', {
    title: 'Deploy the backend',
    description: 'Bundles backend/, applies new migrations and puts the new version in place. It happens by itself after each edit there; this waits for it and says what is wrong, with file and line.',
    verb: 'commands.run',
    idempotent: true,
    input: z.strictObject({}),
    output: status,
  }),
  backend_logs: tool('reads', {
    title: 'Log of the backend',
    description: 'What the backend has logged and thrown, its deploys, its requests to other hosts, and the requests that it was sent.',
    verb: 'preview.read',
    input: z.strictObject({
      cursor: z.number().int().min(0).default(0).describe('0: from the first that is kept; else the "next" of the answer before'),
      limit: z.number().int().min(1).max(500).default(100),
      kinds: z.array(z.enum(['state', 'log', 'error', 'request', 'egress'])).optional(),
    }),
    output: z.object({ entries: z.array(z.object({ cursor: z.number().int(), event: backendEventSchema })), next: z.number().int() }),
  }),
  backend_query: tool('destroys', {
    title: 'Query the backend’s database',
    description: 'One statement of SQL (SQLite); it may write. Changes of tables belong into backend/migrations.',
    verb: 'commands.run',
    input: z.strictObject({ sql: z.string().min(1).max(100_000), parameters: z.array(z.union([z.null(), z.number(), z.string().max(1_000_000), z.boolean()])).max(100).default([]) }),
    output: z.object({ columns: z.array(z.string()), rows: z.array(z.array(cell)), truncated: z.boolean().describe('There are more than 1000 rows'), rowsRead: z.number().int(), rowsWritten: z.number().int() }),
  }),
};
