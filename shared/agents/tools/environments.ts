/** Tools about environments as a whole. */
import * as z from 'zod';
import { tool } from './tool.ts';

const environment = z.object({
  environmentId: z.string(),
  taskId: z.string(),
  template: z.string(),
  status: z.enum(['initializing', 'running', 'suspended', 'stopped']),
  previewUrl: z.string(),
  createdAt: z.string(),
});

export const environmentTools = {
  environment_list: tool('reads', {
    title: 'List environments',
    description: 'The environments that you may work in, newest first.',
    verb: 'environments.read',
    input: z.strictObject({}),
    output: z.object({ environments: z.array(environment) }),
  }),
  environment_create: tool('writes', {
    title: 'Create an environment',
    description: 'Makes a new environment from a template; you are a member of it with the same verbs. Its container starts when somebody opens it, or when a tool needs it and the server may start a browser.',
    verb: 'environments.create',
    input: z.strictObject({ taskId: z.string().trim().min(1).max(200).describe('What it is for, as people call it'), template: z.string().min(1).max(64).describe('Name of a template, such as react-vite') }),
    output: z.object({ environment }),
  }),
  environment_status: tool('reads', {
    title: 'Status of the environment',
    description: 'Who is here, whether a container runs and who holds it, which files are locked, and how many of your proposals wait.',
    verb: 'environments.read',
    input: z.strictObject({}),
    output: z.object({
      environment,
      files: z.number().int(),
      connections: z.number().int().describe('Open connections to its document'),
      agents: z.array(z.object({ id: z.string(), name: z.string(), mode: z.enum(['edit', 'suggest']) })),
      host: z.object({ kind: z.enum(['person', 'headless']), epoch: z.number().int() }).nullable().describe('Who holds the running container'),
      you: z.object({ role: z.string(), verbs: z.array(z.string()), mode: z.enum(['edit', 'suggest']) }),
    }),
  }),
};
