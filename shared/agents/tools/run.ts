/** Tools about the running container: commands, processes, packages, tests. */
import * as z from 'zod';
import { tool } from './tool.ts';

const command = z.string().min(1).max(100_000).describe('A line for the shell of the container, such as npm run build');
const cwd = z.string().max(1024).describe('Relative to the project');
const env = z.record(z.string().max(256), z.string().max(64 * 1024));
const processId = z.string().max(64);
const cursor = z.number().int().min(0);

const ended = {
  exitCode: z.number().int().nullable().describe('Null while it runs, and when it was stopped'),
  stopped: z.string().nullable().describe('Why it was stopped, with a code'),
};

export const testCase = z.object({
  name: z.string(),
  file: z.string(),
  status: z.enum(['passed', 'failed', 'skipped']),
  durationMs: z.number().nullable(),
  message: z.string().nullable(),
  expected: z.string().nullable(),
  actual: z.string().nullable(),
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
});

export const runTools = {
  command_run: tool('destroys', {
    title: 'Run a command',
    description: 'Runs a command in the container and answers when it ends, with what it printed (the last 100,000 characters). With "background" it answers at once: ask for its output with command_output. Files that you have just written are on the container’s disk before it starts.',
    verb: 'commands.run',
    input: z.strictObject({ command, cwd: cwd.optional(), env: env.optional(), timeoutSeconds: z.number().int().min(1).max(3600).default(120), background: z.boolean().default(false), stdin: z.string().max(1024 * 1024).optional().describe('What it reads, then the end of input') }),
    output: z.object({ processId: z.string().nullable().describe('Of a background process'), ...ended, output: z.string(), truncated: z.boolean(), filesSettled: z.boolean().describe('False: the container may not have had your latest changes') }),
  }),
  command_output: tool('reads', {
    title: 'Output of a background process',
    description: 'What a background process has printed since a cursor (0: from the first that is kept). Waits for more when you say how long.',
    verb: 'commands.run',
    input: z.strictObject({ processId, cursor: cursor.default(0), waitSeconds: z.number().int().min(0).max(60).default(0) }),
    output: z.object({ output: z.string(), next: z.number().int(), missed: z.boolean().describe('What was printed between cursor and this is no longer kept'), ...ended }),
  }),
  command_input: tool('writes', {
    title: 'Type into a background process',
    description: 'Writes to the standard input of a background process.',
    verb: 'commands.run',
    input: z.strictObject({ processId, text: z.string().max(1024 * 1024).default(''), end: z.boolean().default(false).describe('Then the end of input') }),
    output: z.object({}),
  }),
  command_stop: tool('destroys', {
    title: 'Stop a background process',
    description: 'Sends a signal to everything that a background process started.',
    verb: 'commands.run',
    idempotent: true,
    input: z.strictObject({ processId, signal: z.enum(['SIGINT', 'SIGTERM', 'SIGKILL', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']).default('SIGTERM') }),
    output: z.object({}),
  }),
  command_list: tool('reads', {
    title: 'Background processes',
    description: 'Background processes of this environment that tools have started, those that ended a while ago too.',
    verb: 'commands.run',
    input: z.strictObject({}),
    output: z.object({ processes: z.array(z.object({ processId: z.string(), command: z.string(), startedAt: z.string(), by: z.string(), ...ended })) }),
  }),
  process_list: tool('reads', {
    title: 'Processes of the container',
    description: 'All processes that run in the container, people’s too, with the time in which each ran code on all its threads together.',
    verb: 'commands.run',
    input: z.strictObject({}),
    output: z.object({ processes: z.array(z.object({ pid: z.number().int(), ppid: z.number().int(), command: z.string(), threads: z.number().int(), busyMs: z.number() })) }),
  }),
  port_list: tool('reads', {
    title: 'Ports of the container',
    description: 'Ports on which something listens.',
    verb: 'preview.read',
    input: z.strictObject({}),
    output: z.object({ ports: z.array(z.object({ port: z.number().int() })) }),
  }),
  runtime_status: tool('reads', {
    title: 'Status of the container',
    description: 'How far the environment has started, phase by phase: boot, install, dev server.',
    verb: 'environments.read',
    input: z.strictObject({}),
    output: z.object({ overall: z.string(), startCommand: z.string().nullable(), phases: z.array(z.object({ phase: z.string(), status: z.string(), error: z.string().nullable() })) }),
  }),
  problem_list: tool('reads', {
    title: 'Problems',
    description: 'Errors and warnings of types, lint and builds that the open workspace knows.',
    verb: 'files.read',
    input: z.strictObject({}),
    output: z.object({ problems: z.array(z.object({ path: z.string(), severity: z.enum(['error', 'warning', 'info']), message: z.string(), source: z.string(), line: z.number().int(), column: z.number().int() })) }),
  }),
  package_install: tool('destroys', {
    title: 'Install packages',
    description: 'npm install in the container under the package policy; without names it installs what package.json lists.',
    verb: 'packages.install',
    idempotent: true,
    input: z.strictObject({ packages: z.array(z.string().min(1).max(300).regex(/^[^-\s][^\s]*$/, 'must be a package such as zod or react@19')).max(50).default([]), dev: z.boolean().default(false), timeoutSeconds: z.number().int().min(1).max(1800).default(300) }),
    output: z.object({ ...ended, output: z.string() }),
  }),
  package_policy: tool('reads', {
    title: 'Package policy',
    description: 'Whether packages may be installed here, and what to use instead of those that may not.',
    verb: 'files.read',
    input: z.strictObject({ packages: z.array(z.string().min(1).max(300)).min(1).max(100) }),
    output: z.object({ mode: z.enum(['allowlist', 'open']), verdicts: z.array(z.object({ package: z.string(), allowed: z.boolean(), reason: z.string().nullable(), instead: z.string().nullable(), nearest: z.array(z.string()) })) }),
  }),
  test_run: tool('writes', {
    title: 'Run the tests',
    description: 'Runs the project’s tests. With Vitest and with Node’s own test runner each test comes with its status, time, and where and why it failed; with other runners there are exit code and output, and "note" says that there are no structured results.',
    verb: 'tests.run',
    idempotent: true,
    input: z.strictObject({ filter: z.string().max(300).regex(/^[^-]/, 'must not begin with "-"').optional().describe('Part of the paths of test files'), name: z.string().max(300).optional().describe('Part of the names of tests'), timeoutSeconds: z.number().int().min(1).max(1800).default(300) }),
    output: z.object({ ...ended, runner: z.enum(['vitest', 'node', 'script']), passed: z.number().int(), failed: z.number().int(), skipped: z.number().int(), tests: z.array(testCase), output: z.string(), note: z.string().nullable() }),
  }),
};
