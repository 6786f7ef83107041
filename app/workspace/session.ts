/** Everything that one open environment consists of, put together and started. React only draws its stores. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { STORAGE_FREE, STORAGE_FULL } from '../../shared/protocol/container-messages.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { origins } from '../../shared/hosts.ts';
import { getEnvironment, rememberedEnvironment, rememberEnvironment } from '../api/environments.ts';
import type { Environment } from '../api/environments.ts';
import { ApiError } from '../api/request.ts';
import { createBootMachine } from '../boot/machine.ts';
import type { BootMachine, Phase } from '../boot/machine.ts';
import type { ContainerClient } from '../container/client.ts';
import { openDocument } from '../document/connection.ts';
import type { DocumentConnection } from '../document/connection.ts';
import { createFileList, FileEdits } from '../document/files.ts';
import type { FileInfo } from '../document/files.ts';
import { announce, createMembers, loadProfile } from '../document/presence.ts';
import type { Member } from '../document/presence.ts';
import type { SyncStatus } from '../sync/status.ts';
import type { TypesProvider } from '../editor/types.ts';
import { SharedPreview } from '../channels/shared-preview.ts';
import { hostEnvironment } from '../host-link/index.ts';
import type { Hosting } from '../host-link/index.ts';
import { Preview } from '../preview/preview.ts';
import { describeError } from '../state/describe-error.ts';
import { Terminals } from '../terminal/terminals.ts';
import { Baseline } from './baseline.ts';
import { SERVER_TASK, startRuntime } from './runtime.ts';
import type { DiskSyncFactory } from './runtime.ts';
import { Tests } from './tests.ts';
import { createTabs } from './tabs.ts';
import type { Tabs } from './tabs.ts';
import { createLayout } from './layout.ts';
import type { Layout } from './layout.ts';

/** A place to show in the editor; line and column 1-based. */
export interface Reveal {
  fileId: string;
  line: number;
  column: number;
  /** Rises with each request, so that the same place can be asked for twice. */
  nonce: number;
}

export interface Problem {
  fileId: string;
  path: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  source: string;
  line: number;
  column: number;
}

export interface SessionState {
  environment: Environment | undefined;
  /** The container, while it runs. */
  container: ContainerClient | undefined;
  containerLost: boolean;
  /** The browser refused to store more of the container's disk. */
  diskFull: boolean;
  /** Shell command of the dev server, once it was started. */
  startCommand: string | undefined;
  reveal: Reveal | undefined;
  /** `performance.now()` of when somebody began to look at it. */
  shownAt: number;
}

/** What other rooms of the system plug in (see `connect`). */
export interface Plugs {
  diskSync: DiskSyncFactory | undefined;
  types: ((session: WorkspaceSession) => TypesProvider) | undefined;
}

/** Failures of a start that a server that is away explains. */
const SERVER_AWAY = new Set<string>(['E-TERRARIUM-1306', 'E-TERRARIUM-2100', 'E-TERRARIUM-2103', 'E-TERRARIUM-2106']);

let plugs: Plugs = { diskSync: undefined, types: undefined };

/** Called once at start by the page's entry, before a session opens. */
export function connectPlugs(given: Partial<Plugs>): void {
  plugs = { ...plugs, ...given };
}

const routeKey = (environmentId: string) => `terrarium.route:${environmentId}`;

export class WorkspaceSession {
  readonly environmentId: string;
  readonly label: string;
  readonly document: DocumentConnection;
  readonly files: StoreApi<FileInfo[]>;
  readonly edits: FileEdits;
  readonly members: StoreApi<Member[]>;
  readonly tabs: Tabs = createTabs();
  readonly layout: Layout = createLayout();
  readonly problems: StoreApi<Problem[]> = createStore<Problem[]>(() => []);
  readonly boot: BootMachine = createBootMachine(describeError);
  readonly preview: Preview;
  readonly shared: SharedPreview;
  readonly terminals: Terminals;
  readonly tests: Tests;
  readonly baseline: Baseline;
  readonly state: StoreApi<SessionState>;
  /** What a person should know of the sync between document and disk; follows the one that runs. */
  readonly sync: StoreApi<SyncStatus> = createStore<SyncStatus>(() => ({ unsent: 0, problem: undefined }));
  /** Resolves when the running container has the files that the document has by then. */
  settled: (() => Promise<void>) | undefined;
  readonly types: TypesProvider | undefined;
  readonly diskSync: DiskSyncFactory | undefined = plugs.diskSync;
  /** Whether this page answers the server for the environment. */
  readonly hosting: Hosting;
  readonly at: ReturnType<typeof origins>;
  /** In a frame of another origin's page (server/embeds/SPEC.md): no terminal, no tab of its own, and nobody's host. */
  readonly isEmbedded: boolean;
  readonly #shown = Promise.withResolvers<void>();
  #run = new AbortController();
  #nonce = 0;

  /** Resolves when somebody looks at it. */
  get shown(): Promise<void> {
    return this.#shown.promise;
  }

  /** `embeddedAs`: the role that an embed's token gives. */
  constructor(environmentId: string, { embeddedAs }: { embeddedAs?: 'viewer' | 'editor' } = {}) {
    this.environmentId = environmentId;
    this.isEmbedded = embeddedAs !== undefined;
    // An environment's id is its label: the broker and the container start without asking the server first.
    this.label = environmentId;
    this.at = origins(location.origin);
    this.state = createStore<SessionState>(() => ({ environment: undefined, container: undefined, containerLost: false, diskFull: false, startCommand: undefined, reveal: undefined, shownAt: 0 }));
    this.preview = new Preview(this.label, this.at);
    this.shared = new SharedPreview(this.preview, () => loadProfile().name);
    this.document = openDocument({ environmentId, socketBase: `${location.origin.replace(/^http/, 'ws')}/ws`, channels: () => this.shared.channels, ...(embeddedAs === undefined ? {} : { keptAs: `embed-${embeddedAs}` }) });
    const { doc, awareness } = this.document;
    announce(awareness, loadProfile());
    this.files = createFileList(doc);
    this.edits = new FileEdits(doc, () => this.state.getState().environment?.role !== 'viewer');
    this.members = createMembers(awareness);
    this.baseline = new Baseline(doc, this.document.ready);
    this.preview.openAt(sessionStorage.getItem(routeKey(environmentId)) ?? '/');
    sessionStorage.removeItem(routeKey(environmentId));
    this.terminals = new Terminals(() => this.#whenRunning());
    this.tests = new Tests(this.document, () => this.#whenRunning());
    this.terminals.onLink = (uri) => this.openLink(uri);
    this.types = plugs.types?.(this);
    this.hosting = hostEnvironment(this);
    this.document.state.subscribe((now, before) => {
      if (now.link !== 'connected' || before.link === 'connected') return;
      if (this.#failedForServer()) this.restart();
      else this.preview.retry();
    });
    this.files.subscribe((files) => this.tabs.keepOnly(new Set(files.map(({ id }) => id))));
  }

  /** Starts everything but the first paint, which waits for `show`; each phase reports to `boot`. */
  start(): void {
    this.readAgain();
    void startRuntime(this, this.#run.signal);
  }

  /** Somebody looks at it from here on. */
  show(): void {
    this.state.setState({ shownAt: performance.now() });
    this.#shown.resolve();
  }

  /** Asks the server again what the environment is: its name, its port, who one is in it. */
  readAgain(): void {
    getEnvironment(this.environmentId, this.#run.signal).then(
      (environment) => {
        // A draft has no name yet, and may never get one; an embed's role is not this browser's own.
        if (environment.taskId !== '' && !this.isEmbedded) rememberEnvironment(environment);
        this.#know(environment);
      },
      // The document's own refusal is what the page shows; with the server away, what it said last.
      (error: unknown) => {
        const known = error instanceof ApiError && error.status === 0 ? rememberedEnvironment(this.environmentId) : undefined;
        if (known !== undefined) this.#know(known);
      },
    );
  }

  /** The container, as soon as it runs: a terminal may be asked for before. */
  #whenRunning(): Promise<ContainerClient> {
    return new Promise((resolve, reject) => {
      const stops: (() => void)[] = [];
      const look = () => {
        const { container, containerLost } = this.state.getState();
        const failed = containerLost || ['document', 'broker', 'container'].some((phase) => this.boot.store.getState().phases[phase as Phase].status === 'failed');
        if (container === undefined && !failed) return;
        for (const stop of stops) stop();
        if (container === undefined) reject(TerrariumError.of('E-TERRARIUM-2110'));
        else resolve(container);
      };
      stops.push(this.state.subscribe(look), this.boot.store.subscribe(look));
      look();
    });
  }

  /** The start failed because the server was away: it is tried again when that is back. */
  #failedForServer(): boolean {
    return Object.values(this.boot.store.getState().phases).some((phase) => {
      if (phase.status !== 'failed') return false;
      return SERVER_AWAY.has(phase.error.code ?? '') || /\bENETUNREACH\b|package server cannot be reached/.test(phase.error.output ?? '');
    });
  }

  #know(environment: Environment): void {
    this.state.setState({ environment });
    this.preview.prefer(environment.port);
  }

  /** Ends the container and boots it again; files and editors stay. */
  restart(): void {
    this.#run.abort(new DOMException('Restarted', 'AbortError'));
    this.#run = new AbortController();
    this.state.getState().container?.teardown();
    this.state.setState({ container: undefined, containerLost: false });
    this.preview.reset();
    for (const tab of this.terminals.store.getState().tabs) this.terminals.close(tab.id);
    this.boot.send({ type: 'again', from: 'sign-in' });
    void startRuntime(this, this.#run.signal);
  }

  /** Runs the dev server once more in its terminal, after it has ended. */
  startServer(): void {
    const { startCommand } = this.state.getState();
    if (startCommand === undefined) return;
    this.layout.set({ bottom: 'terminal' });
    this.terminals.runTask(SERVER_TASK, startCommand).exit.catch(() => {});
  }

  /** A message of the container that belongs to no request. The host is hostile: it chooses among our sentences, its own words are not shown. */
  hostSays(message: string): void {
    if (message === STORAGE_FULL || message === STORAGE_FREE) this.state.setState({ diskFull: message === STORAGE_FULL });
    else console.warn('The container says:', message);
  }

  /** Shows a file at a place. */
  reveal(fileId: string, line: number, column: number, options: { pinned?: boolean } = {}): void {
    this.tabs.open(fileId, options);
    this.state.setState({ reveal: { fileId, line, column, nonce: ++this.#nonce } });
  }

  /** The same by a path of the disk (`/home/project/src/a.ts`), of the project (`src/a.ts`), or a URL of the preview. False when there is no such file. */
  revealPath(path: string, line = 1, column = 1): boolean {
    const file = this.files.getState().find((one) => one.path === projectPath(path));
    if (file === undefined) return false;
    this.reveal(file.id, line, column);
    return true;
  }

  /** A link in a terminal: one to a port of the container goes to the preview, others to a tab. */
  openLink(uri: string): void {
    const url = URL.canParse(uri) ? new URL(uri) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) return;
    const local = ['localhost', '127.0.0.1', '0.0.0.0', '[::1]'].includes(url.hostname);
    if (!local) return void window.open(url, '_blank', 'noopener,noreferrer');
    this.preview.choosePort(Number(url.port === '' ? 80 : url.port));
    this.preview.go(url.pathname + url.search + url.hash);
  }

  /** Ends the container for good; the page says why. */
  shutDown(): void {
    this.#run.abort(new DOMException('Suspended', 'AbortError'));
    this.state.getState().container?.teardown();
    this.state.setState({ container: undefined });
  }

  /** The next session of this tab shows the same page in the preview. */
  rememberRoute(): void {
    const { route } = this.preview.store.getState();
    if (route !== '/') sessionStorage.setItem(routeKey(this.environmentId), route);
  }

  dispose(): void {
    this.hosting.stop();
    this.#run.abort(new DOMException('Closed', 'AbortError'));
    this.state.getState().container?.teardown();
    this.tests.stop();
    this.terminals.dispose();
    this.shared.dispose();
    this.preview.dispose();
    this.document.destroy();
  }
}

/** Path inside the project of what a stack frame or a tool names. */
export function projectPath(path: string): string {
  const pathname = URL.canParse(path) ? new URL(path).pathname : (path.split('?')[0] ?? path);
  return decodeURIComponent(pathname).replace(/^\/@fs\//, '/').replace(/^\/home\/[^/]+\//, '').replace(/^\.?\//, '');
}
