/** The project's tests, run in the container (row D8; shared/tests/SPEC.md). */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { findByPath } from '../../shared/document/schema.ts';
import { testCommandOf, vitestArguments } from '../../shared/tests/command.ts';
import type { TestCommand, TestSelection } from '../../shared/tests/command.ts';
import { EventReader } from '../../shared/tests/events.ts';
import type { TestEvent, TestFailure, TestResult } from '../../shared/tests/events.ts';
import { nodeArguments } from '../../shared/tests/node-command.ts';
import { NODE_REPORTER_SOURCE } from '../../shared/tests/node-reporter.ts';
import { REPORTER_SOURCE } from '../../shared/tests/vitest-reporter.ts';
import type { ContainerClient } from '../container/client.ts';
import type { ContainerProcess } from '../container/process.ts';
import { describeError } from '../state/describe-error.ts';
import type { Described } from '../state/describe-error.ts';
import { plainText } from '../terminal/plain-text.ts';
import type { DocumentConnection } from '../document/connection.ts';

const PROJECT = '/home/project/';
const REPORTER_NAME = '.terrarium-tests.mjs';
const OUTPUT_KEPT = 100_000;

export interface TestFile {
  /** Path inside the project. */
  path: string;
  state: 'running' | 'passed' | 'failed' | 'skipped';
  durationMs: number | undefined;
  tests: TestResult[];
  /** Of the file itself. */
  failures: TestFailure[];
}

export interface TestsState {
  status: 'idle' | 'running' | 'watching' | 'done';
  runner: TestCommand['runner'] | undefined;
  files: TestFile[];
  /** Of the run as a whole. */
  failures: TestFailure[];
  output: string;
  exitCode: number | undefined;
  error: Described | undefined;
}

const NOTHING: TestsState = { status: 'idle', runner: undefined, files: [], failures: [], output: '', exitCode: undefined, error: undefined };

export class Tests {
  readonly store: StoreApi<TestsState> = createStore<TestsState>(() => NOTHING);
  readonly #document: Pick<DocumentConnection, 'doc'>;
  readonly #container: () => Promise<ContainerClient>;
  #process: ContainerProcess | undefined;
  #run = 0;

  /** `container` resolves when it runs. */
  constructor(document: Pick<DocumentConnection, 'doc'>, container: () => Promise<ContainerClient>) {
    this.#document = document;
    this.#container = container;
  }

  /** All tests, those of one file, or one; ends a run that goes on. */
  async start(selection: TestSelection): Promise<void> {
    this.stop();
    const run = ++this.#run;
    const isPart = selection.file !== undefined;
    this.store.setState((before) => ({ ...NOTHING, status: selection.watch ? 'watching' : 'running', files: isPart ? before.files : [] }));
    try {
      const container = await this.#container();
      const process = await this.#spawn(container, selection);
      if (process === undefined) return;
      if (run !== this.#run) return process.kill();
      this.#process = process;
      await this.#follow(process, run);
    } catch (error) {
      if (run === this.#run) this.store.setState({ status: 'done', error: describeError(error) });
    }
  }

  stop(): void {
    this.#run++;
    this.#process?.kill();
    this.#process = undefined;
    const { status, files } = this.store.getState();
    if (status !== 'running' && status !== 'watching') return;
    this.store.setState({ status: 'done', files: files.map((file) => (file.state === 'running' ? { ...file, state: 'skipped' } : file)) });
  }

  async #spawn(container: ContainerClient, selection: TestSelection): Promise<ContainerProcess | undefined> {
    const manifest = findByPath(this.#document.doc, 'package.json');
    const command = testCommandOf(manifest?.kind === 'text' ? manifest.text.toString() : '');
    this.store.setState({ runner: command.runner });
    if (command.runner === 'none') {
      this.store.setState({ status: 'done' });
      return undefined;
    }
    if (command.runner === 'script') return container.spawn('npm', ['test'], { env: { CI: '1' } });
    // In node_modules, where programs keep what is theirs: it is no file of the project.
    const reporter = `node_modules/${REPORTER_NAME}`;
    await container.mkdir('node_modules', { recursive: true });
    await container.writeFile(reporter, command.runner === 'node' ? NODE_REPORTER_SOURCE : REPORTER_SOURCE);
    const env = { FORCE_COLOR: '0', NO_COLOR: '1' };
    if (command.runner === 'node') return container.spawn('node', nodeArguments(command, `${PROJECT}${reporter}`, selection), { env });
    return container.spawn('npx', vitestArguments(command.options, `${PROJECT}${reporter}`, selection), { env });
  }

  async #follow(process: ContainerProcess, run: number): Promise<void> {
    const reader = new EventReader();
    for await (const piece of process.output as unknown as AsyncIterable<string>) {
      if (run !== this.#run) return;
      const { events, rest } = reader.take(piece);
      this.store.setState((state) => ({ ...events.reduce(applyEvent, state), output: (state.output + plainText(rest)).slice(-OUTPUT_KEPT) }));
    }
    const exitCode = await process.exit;
    if (run === this.#run) this.store.setState({ status: 'done', exitCode });
  }
}

/** Exported for its test. */
export function applyEvent(state: TestsState, event: TestEvent): TestsState {
  switch (event.t) {
    case 'start':
      return { ...state, failures: [], files: event.files.map(inProject).reduce((files, path) => withFile(files, path, (file) => ({ ...file, state: 'running' })), state.files) };
    case 'file': {
      // A run of one test says "skipped" of the others: what is known of them stays.
      const update = (file: TestFile): TestFile => ({ ...file, state: 'running', failures: [], tests: event.tests.map((test) => (test.state === 'skipped' ? (known(file, test) ?? test) : { ...test, file: inProject(test.file) })) });
      return { ...state, files: withFile(state.files, inProject(event.file), update) };
    }
    case 'test': {
      const { test } = event;
      const update = (file: TestFile): TestFile => ({ ...file, tests: [...file.tests.map((one) => (sameTest(one, test) ? settled(one, test) : one)), ...(file.tests.some((one) => sameTest(one, test)) ? [] : [test])] });
      return { ...state, files: withFile(state.files, inProject(test.file), update) };
    }
    case 'file-end': {
      const update = (file: TestFile): TestFile => ({ ...file, state: file.tests.some((test) => test.state === 'failed') ? 'failed' : event.state, durationMs: event.durationMs, failures: event.failures });
      return { ...state, files: withFile(state.files, inProject(event.file), update) };
    }
    case 'end':
      return { ...state, failures: event.failures };
  }
}

export const inProject = (path: string): string => (path.startsWith(PROJECT) ? path.slice(PROJECT.length) : path);
const sameTest = (a: TestResult, b: TestResult): boolean => a.names.length === b.names.length && a.names.every((name, index) => name === b.names[index]);
const known = (file: TestFile, test: TestResult): TestResult | undefined => file.tests.find((one) => sameTest(one, test));
const settled = (before: TestResult, now: TestResult): TestResult => (now.state === 'skipped' && before.state !== 'pending' ? before : now);

function withFile(files: readonly TestFile[], path: string, update: (file: TestFile) => TestFile): TestFile[] {
  const present = files.find((file) => file.path === path);
  const made = update(present ?? { path, state: 'running', durationMs: undefined, tests: [], failures: [] });
  return present === undefined ? [...files, made].sort((a, b) => (a.path < b.path ? -1 : 1)) : files.map((file) => (file === present ? made : file));
}
