import type { runTools } from '../../../shared/agents/tools/run.ts';
import { findByPath } from '../../../shared/document/schema.ts';
import type { Judge, PolicyMode } from '../../../shared/policy/index.ts';
import { testCommandOf, vitestArguments } from '../../../shared/tests/command.ts';
import { REPORTER_SOURCE } from '../../../shared/tests/vitest-reporter.ts';
import type { Rooms } from '../../rooms/rooms.ts';
import type { Background, BackgroundProcess } from '../background.ts';
import type { Container } from '../container.ts';
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
/** In node_modules, where programs keep what is theirs: it is no file of the project. */
const REPORTER = '/home/project/node_modules/.terrarium-tests.mjs';
/** Counts of a run whose output nobody reads for results are no counts. */
const NO_RESULTS = 'No structured results: the test script is not Vitest alone. The exit code and the output are all that there is; the counts say nothing.';
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
    async test_run({ filter, name, timeoutSeconds }, { environment, signal, progress }) {
      const how = rooms.read(environment.id, (doc) => {
        const file = findByPath(doc, 'package.json');
        return testCommandOf(file?.kind === 'text' ? file.text.toString() : '');
      });
      const run = (command: string, stdin?: string) => container.run(environment.id, { command, timeoutSeconds, keep: REPORT_LENGTH, ...(stdin === undefined ? {} : { stdin }) }, signal, progress);
      if (how.runner !== 'vitest') {
        const { exitCode, stopped, output } = await run(`npm test${filter === undefined ? '' : ` -- ${quoted(filter)}`}`);
        return { runner: 'script', exitCode, stopped, output: output.slice(-OUTPUT_SHOWN), passed: 0, failed: 0, skipped: 0, tests: [], note: NO_RESULTS };
      }
      const words = [...vitestArguments(how.options, REPORTER, { watch: false, file: filter }), ...(name === undefined ? [] : ['--testNamePattern', name])];
      const { exitCode, stopped, output: printed } = await run(`mkdir -p node_modules && cat > ${REPORTER} && npx ${words.map(quoted).join(' ')}`, REPORTER_SOURCE);
      const { tests, output } = readRun(printed, PROJECT_ROOT);
      const count = (status: string) => tests.filter((test) => test.status === status).length;
      return { runner: 'vitest', exitCode, stopped, output: output.slice(-OUTPUT_SHOWN), passed: count('passed'), failed: count('failed'), skipped: count('skipped'), tests, note: null };
    },
  };
}

/** One word of the shell, whatever is in it (POSIX Shell Command Language, 2.2.2). */
export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** `react` of `react@19`; a text that is no package is judged as it stands. */
function nameOf(spec: string): string {
  const at = spec.indexOf('@', 1);
  return at === -1 ? spec : spec.slice(0, at);
}
