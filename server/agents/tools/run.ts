import type { runTools } from '../../../shared/agents/tools/run.ts';
import { findByPath, listFiles } from '../../../shared/document/schema.ts';
import type { Judge, PolicyMode } from '../../../shared/policy/index.ts';
import { testCommandOf } from '../../../shared/tests/command.ts';
import type { Rooms } from '../../rooms/rooms.ts';
import type { Background, BackgroundProcess } from '../background.ts';
import type { Container } from '../container.ts';
import { quoted } from '../shell-word.ts';
import { testShellCommand } from '../test-command.ts';
import { readRun } from '../tests-report.ts';
import type { Handlers } from './context.ts';

interface Parts {
  container: Container;
  background: Background;
  rooms: Rooms;
  policy: { judge: Judge; mode: PolicyMode };
}

const PROJECT_ROOT = '/home/project';
const OUTPUT_SHOWN = 20_000;
/** Counts of a run whose output nobody reads for results are no counts. */
const NO_RESULTS = 'No structured results: the test script is neither Vitest nor "node --test" alone. The exit code and the output are all that there is; the counts say nothing.';
const REPORT_LENGTH = 16 * 1024 * 1024;

export function runHandlers({ container, background, rooms, policy }: Parts): Handlers<keyof typeof runTools> {
  const view = ({ id, command, startedAt, by, exitCode, stopped }: BackgroundProcess) => ({ processId: id, command, startedAt: new Date(startedAt).toISOString(), by, exitCode, stopped });
  return {
    async command_run({ background: inBackground, timeoutSeconds, ...command }, { environment, author, signal, progress }) {
      if (!inBackground) return { processId: null, ...(await container.run(environment.id, { ...command, timeoutSeconds }, signal, progress)) };
      background.reserve(environment.id);
      // It goes on when the call that started it is over.
      const abort = new AbortController();
      const { process, filesSettled } = await container.start(environment.id, { ...command, keepInput: command.stdin === undefined }, abort.signal);
      const { id } = background.add(environment.id, { command: command.command, by: author.name, process, abort });
      return { processId: id, exitCode: null, stopped: null, output: '', truncated: false, filesSettled };
    },
    async command_output({ processId, cursor, waitSeconds }, { environment, signal }) {
      const { process, ...read } = await background.read(environment.id, processId, cursor, waitSeconds * 1000, signal);
      return { ...read, exitCode: process.exitCode, stopped: process.stopped };
    },
    command_input({ processId, text, end }, { environment }) {
      background.write(environment.id, processId, text, end);
      return {};
    },
    command_stop({ processId, signal }, { environment }) {
      background.kill(environment.id, processId, signal);
      return {};
    },
    command_list: (_, { environment }) => ({ processes: background.list(environment.id).map(view) }),
    process_list: async (_, { environment, signal }) => ({ processes: await (await container.host(environment.id, signal)).processes() }),
    port_list: async (_, { environment, signal }) => ({ ports: await (await container.host(environment.id, signal)).ports() }),
    async runtime_status(_, { environment, signal }) {
      const { overall, startCommand, phases } = await container.call(environment.id, 'runtime.state', {}, signal);
      return { overall, startCommand: startCommand ?? null, phases: phases.map(({ phase, status, error }) => ({ phase, status, error: error ?? null })) };
    },
    problem_list: (_, { environment, signal }) => container.call(environment.id, 'problems', {}, signal),
    async package_install({ packages, dev, timeoutSeconds }, { environment, signal, progress }) {
      const command = ['npm', 'install', ...(dev ? ['--save-dev'] : []), ...packages.map(quoted)].join(' ');
      const { exitCode, stopped, output } = await container.run(environment.id, { command, timeoutSeconds }, signal, progress);
      return { exitCode, stopped, output: output.slice(-OUTPUT_SHOWN) };
    },
    package_policy: ({ packages }) => ({
      mode: policy.mode,
      verdicts: packages.map((spec) => {
        const verdict = policy.judge.judge(nameOf(spec), 'environment', policy.mode);
        if (verdict.allowed) return { package: spec, allowed: true, reason: null, instead: null, nearest: [] };
        return { package: spec, allowed: false, reason: verdict.reason, instead: verdict.instead === '' ? null : verdict.instead, nearest: verdict.nearest };
      }),
    }),
    async test_run(asked, { environment, signal, progress }) {
      const { how, paths } = rooms.read(environment.id, (doc) => {
        const file = findByPath(doc, 'package.json');
        return { how: testCommandOf(file?.kind === 'text' ? file.text.toString() : ''), paths: listFiles(doc).map(({ path }) => path) };
      });
      const { command, stdin } = testShellCommand(how, paths, asked);
      const { exitCode, stopped, output: printed } = await container.run(environment.id, { command, timeoutSeconds: asked.timeoutSeconds, keep: REPORT_LENGTH, ...(stdin === undefined ? {} : { stdin }) }, signal, progress);
      if (how.runner === 'script' || how.runner === 'none') return { runner: 'script', exitCode, stopped, output: printed.slice(-OUTPUT_SHOWN), passed: 0, failed: 0, skipped: 0, tests: [], note: NO_RESULTS };
      const { tests, output } = readRun(printed, PROJECT_ROOT);
      const count = (status: string) => tests.filter((test) => test.status === status).length;
      return { runner: how.runner, exitCode, stopped, output: output.slice(-OUTPUT_SHOWN), passed: count('passed'), failed: count('failed'), skipped: count('skipped'), tests, note: null };
    },
  };
}

/** `react` of `react@19`; a text that is no package is judged as it stands. */
function nameOf(spec: string): string {
  const at = spec.indexOf('@', 1);
  return at === -1 ? spec : spec.slice(0, at);
}
