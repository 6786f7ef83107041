/**
 * Starts an environment's container, as parallel as it can be: the room, the broker and the container start together; files are
 * mounted when both are there; then install, the dev server, its port, the page's first paint. Each step is a phase of the boot machine.
 */
import type * as Y from 'yjs';
import type { StoreApi } from 'zustand/vanilla';
import { TerrariumError } from '../../shared/errors/error.ts';
import { backendVariables } from '../../shared/backend-variables.ts';
import { listFiles } from '../../shared/document/schema.ts';
import type { MountEntry } from '../../shared/protocol/broker.ts';
import { readBlob } from '../api/environments.ts';
import { PhaseSkipped } from '../boot/machine.ts';
import type { Phase } from '../boot/machine.ts';
import { ContainerClient } from '../container/client.ts';
import { hostTrouble } from '../container/host-check.ts';
import { tryNextIsolation } from '../container/isolation.ts';
import { isAbort } from '../state/describe-error.ts';
import { toast, toastError } from '../state/toasts.ts';
import type { SyncStatus } from '../sync/status.ts';
import type { TaskEnd } from '../terminal/terminals.ts';
import { followCommand, followPackages } from './follow-packages.ts';
import { readPlan } from './project.ts';
import type { ProjectPlan } from './project.ts';
import type { WorkspaceSession } from './session.ts';

/** How long the first paint may take after the port opened, in milliseconds: a dev server compiles on the first request. */
const PAINT_PATIENCE = 30_000;

/** Lines of a failed program's output that are shown beside its exit code. */
const OUTPUT_LINES = 8;

/** Title of the terminal in which the dev server runs. */
export const SERVER_TASK = 'dev server';

/** Keeps the document and the container's disk the same from here on. The first state of the disk is its business too. */
export interface DiskSync {
  /** Resolves when the disk holds the document's files. */
  start(doc: Y.Doc, container: ContainerClient): Promise<void>;
  stop(): void;
  readonly status: StoreApi<SyncStatus>;
  /** Calls back with each file that has been brought to the disk; what the runtime's own programs write is none of them. The result ends it. */
  onBrought(listener: (path: string) => void): () => void;
  /** Resolves when the disk has everything that the document has by then. */
  settled(): Promise<void>;
}
export type DiskSyncFactory = (session: WorkspaceSession) => DiskSync;

/** The dev server ended by itself, or the install failed: its exit code and the end of what it printed. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: string;
  readonly output: string;
  constructor(code: 'E-TERRARIUM-2140' | 'E-TERRARIUM-2141', command: string, end: TaskEnd) {
    super(TerrariumError.of(code, { command, exitCode: end.code }).message);
    this.code = code;
    this.output = end.tail.trim().split('\n').slice(-OUTPUT_LINES).join('\n');
  }
}

export async function startRuntime(session: WorkspaceSession, signal: AbortSignal): Promise<void> {
  try {
    await bring(session, signal);
  } catch (error) {
    // Each phase has reported its own failure; what is left to do is to let nothing go on half started.
    if (!isAbort(error) && !(error instanceof PhaseSkipped)) console.warn('The environment did not start:', error);
  }
}

async function bring(session: WorkspaceSession, signal: AbortSignal): Promise<void> {
  const { boot } = session;
  boot.send({ type: 'skipped', phase: 'sign-in', reason: 'signed in' });
  const files = boot.run('document', () => session.document.ready);
  const container = bootContainer(session, signal);
  files.then(() => openFirstFiles(session), () => {});
  const [, client] = await Promise.all([files, container]);
  signal.throwIfAborted();
  const sync = await boot.run('mount', () => mountFiles(session, client, signal));
  const installed = Promise.withResolvers<void>();
  if (sync !== undefined) follow(session, sync, installed.promise, signal);
  try {
    await runProject(session, installed.resolve, signal);
  } finally {
    installed.resolve();
  }
}

async function bootContainer(session: WorkspaceSession, signal: AbortSignal): Promise<ContainerClient> {
  const { boot } = session;
  const client = await boot.run('broker', () => ContainerClient.connect(session.at.broker(session.label), signal));
  signal.addEventListener('abort', () => client.teardown(), { once: true });
  client.variables = backendVariables(session.at.backend(session.label));
  client.on('boot-stage', (stage) => boot.send({ type: 'detail', phase: 'container', detail: stage }));
  client.on('port', ({ port, state }) => (state === 'open' ? session.preview.portOpened(port) : session.preview.portClosed(port)));
  client.on('server-ready', ({ port }) => session.preview.serverReady(port));
  client.on('code', ({ paths }) => paths.forEach((path) => session.revealPath(path)));
  client.on('xdg-open', ({ target }) => session.openLink(target));
  client.on('error', ({ message }) => session.hostSays(message));
  client.on('lost', () => {
    if (signal.aborted) return;
    session.preview.reset();
    session.state.setState({ container: undefined, containerLost: true });
  });
  await boot.run('container', () => bootIsolated(session, client, signal));
  session.state.setState({ container: client, containerLost: false });
  return client;
}

/** A browser without Document-Isolation-Policy is found out here, once; the page then comes again under a policy of its own. */
async function bootIsolated(session: WorkspaceSession, client: ContainerClient, signal: AbortSignal): Promise<void> {
  try {
    await client.boot({ workdirName: 'project', signal, hostTrouble: () => hostTrouble(session.at.host(session.label)) });
  } catch (error) {
    if (!(error instanceof TerrariumError) || error.code !== 'E-TERRARIUM-2123') throw error;
    // Loading again would close what somebody is choosing in.
    await session.shown;
    if (tryNextIsolation()) throw new PhaseSkipped('loading again');
    throw error;
  }
}

/** Packages that somebody else installed come along: seen in the terminal of the install, like the first. */
function follow(session: WorkspaceSession, sync: DiskSync, installed: Promise<void>, signal: AbortSignal): void {
  followPackages({
    onBrought: (listener) => sync.onBrought(listener),
    installed,
    install: async () => {
      toast({ kind: 'info', message: 'The packages were changed by somebody else: installing.' });
      await install(session, followCommand(readPlan(session.document.doc).install));
    },
    failed: toastError,
    signal,
  });
}

async function mountFiles(session: WorkspaceSession, client: ContainerClient, signal: AbortSignal): Promise<DiskSync | undefined> {
  if (session.diskSync !== undefined) {
    const sync = session.diskSync(session);
    signal.addEventListener('abort', sync.status.subscribe((status) => session.sync.setState(status, true)), { once: true });
    signal.addEventListener('abort', () => (sync.stop(), session.sync.setState({ unsent: 0, problem: undefined }, true)), { once: true });
    await sync.start(session.document.doc, client);
    session.settled = () => sync.settled();
    signal.addEventListener('abort', () => (session.settled = undefined), { once: true });
    // A project that lacks files must not go on as if it were whole.
    const { problem } = sync.status.getState();
    if (problem?.code === 'E-TERRARIUM-1311') throw problem;
    return sync;
  }
  await client.mount(await mountEntries(session, signal), { signal });
  return undefined;
}

/** The document's files as a tree to mount. Of two files with one path the one with the lower id is on the disk. */
async function mountEntries(session: WorkspaceSession, signal: AbortSignal): Promise<MountEntry[]> {
  const seen = new Set<string>();
  const files = listFiles(session.document.doc).filter(({ path }) => !seen.has(path) && seen.add(path));
  return await Promise.all(
    files.map(async (file): Promise<MountEntry> => {
      const contents = file.kind === 'text' ? file.text.toString() : await readBlob(session.environmentId, file.blob, signal);
      return { path: file.path, kind: 'file', contents };
    }),
  );
}

async function runProject(session: WorkspaceSession, installed: () => void, signal: AbortSignal): Promise<void> {
  const { boot } = session;
  const plan = await readPlanAs(session);
  if (plan.install === undefined) boot.send({ type: 'skipped', phase: 'install', reason: 'no dependencies' });
  else await boot.run('install', () => install(session, plan.install ?? ''));
  installed();
  signal.throwIfAborted();
  if (plan.start === undefined) return skip(session, ['start', 'port', 'paint'], 'no start command');
  if (plan.port !== undefined) session.preview.prefer(plan.port);
  await serve(session, plan.start, signal);
}

/** A broken project file fails the phase that needed it. */
async function readPlanAs(session: WorkspaceSession): Promise<ProjectPlan> {
  try {
    return readPlan(session.document.doc);
  } catch (error) {
    await session.boot.run('install', () => Promise.reject(error instanceof Error ? error : new Error(String(error))));
    throw error;
  }
}

async function install(session: WorkspaceSession, command: string): Promise<void> {
  const end = await session.terminals.runTask('install', command).exit;
  if (end.code !== 0) throw new CommandError('E-TERRARIUM-2140', command, end);
}

/** The start command runs on; its end before the port opens fails the start, afterwards it is the terminal's news. */
async function serve(session: WorkspaceSession, command: string, signal: AbortSignal): Promise<void> {
  const { boot, preview } = session;
  const open = until(preview.store, ({ ports }) => ports.length > 0, signal);
  const painted = until(preview.store, ({ document }) => document === 'painted', signal);
  painted.catch(() => {});
  session.state.setState({ startCommand: command });
  const dev = await boot.run('start', async () => session.terminals.runTask(SERVER_TASK, command));
  const ended = dev.exit.then((end) => Promise.reject(new CommandError('E-TERRARIUM-2141', command, end)));
  ended.catch(() => {});
  const waiting = boot.run('port', () => Promise.race([open, ended]));
  boot.send({ type: 'detail', phase: 'port', detail: command });
  await waiting;
  await session.shown;
  await boot.run('paint', () => Promise.race([painted, ended, silence(signal)]));
}

/** A page without our script (JSON, an image) shows itself and reports nothing, so its first paint is not to be had. */
function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new PhaseSkipped('the page reports nothing')), PAINT_PATIENCE);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}

function skip(session: WorkspaceSession, phases: Phase[], reason: string): void {
  for (const phase of phases) session.boot.send({ type: 'skipped', phase, reason });
}

function openFirstFiles(session: WorkspaceSession): void {
  if (session.tabs.store.getState().tabs.length > 0) return;
  const files = session.files.getState();
  const wanted = [...planOpen(session), 'src/App.tsx', 'src/App.vue', 'src/App.svelte', 'src/main.ts', 'src/server.js', 'src/cart.test.ts', 'src/index.ts', 'index.html', 'README.md'];
  const first = wanted.map((path) => files.find((file) => file.path === path)).find((file) => file !== undefined) ?? files[0];
  if (first !== undefined) session.tabs.open(first.id, { pinned: true });
}

function planOpen(session: WorkspaceSession): string[] {
  try {
    return readPlan(session.document.doc).open;
  } catch {
    // The phase that reads the plan for good reports what is wrong with it.
    return [];
  }
}

interface Watchable<T> {
  getState(): T;
  subscribe(listener: (state: T) => void): () => void;
}

/** Resolves when the store's state holds; rejects with the signal's reason. */
function until<T>(store: Watchable<T>, holds: (state: T) => boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (holds(store.getState())) return resolve();
    const stop = store.subscribe((state) => {
      if (!holds(state)) return;
      stop();
      resolve();
    });
    signal.addEventListener('abort', () => (stop(), reject(signal.reason as Error)), { once: true });
  });
}
