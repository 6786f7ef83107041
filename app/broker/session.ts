/** The broker's end of the port: carries the app's requests out on the library, and its events back. Protocol: shared/protocol/broker.ts. */
import type { PreviewMessage, Unsubscribe, WebContainer, WebContainerProcess } from '@webcontainer/api';
import type { AppToBroker, BrokerErrorData, BrokerRequest, BrokerToApp } from '../../shared/protocol/broker.ts';
import { Boot } from './eager-boot.ts';
import { PacedOutput } from './output.ts';
import { treeOf } from './tree.ts';

interface Running {
  process: WebContainerProcess;
  input: WritableStreamDefaultWriter<string>;
  output: PacedOutput | undefined;
}

export class BrokerSession {
  readonly #port: MessagePort;
  readonly #hostOrigin: string;
  #boot: Boot | undefined;
  #container: WebContainer | undefined;
  readonly #processes = new Map<number, Running>();
  readonly #watches = new Map<number, { close(): void }>();
  readonly #cancelled = new Set<number>();
  readonly #subscriptions: Unsubscribe[] = [];

  /** `boot`: one that has begun; a session after a teardown begins its own. */
  constructor(port: MessagePort, hostOrigin: string, boot: Boot | undefined) {
    this.#port = port;
    this.#hostOrigin = hostOrigin;
    this.#boot = boot;
    port.addEventListener('message', (event: MessageEvent<AppToBroker>) => this.#receive(event.data));
    port.start();
  }

  #send(message: BrokerToApp, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  #receive(message: AppToBroker): void {
    switch (message.type) {
      case 'request':
        void this.#answer(message.id, message.request);
        return;
      case 'cancel':
        this.#cancel(message.id);
        return;
      case 'credit':
        this.#processes.get(message.process)?.output?.grant(message.units);
        return;
      case 'input':
        this.#processes.get(message.process)?.input.write(message.data).catch(this.#report);
        return;
      case 'resize':
        this.#processes.get(message.process)?.process.resize(message.size);
        return;
      case 'kill':
        this.#processes.get(message.process)?.process.kill();
        return;
      case 'unwatch':
        this.#watches.get(message.watch)?.close();
        this.#watches.delete(message.watch);
        return;
      default:
        return unreachable(message);
    }
  }

  async #answer(id: number, request: BrokerRequest): Promise<void> {
    try {
      const value = (await this.#carryOut(id, request)) ?? null;
      this.#send({ type: 'result', id, value }, value instanceof ArrayBuffer ? [value] : []);
    } catch (error) {
      this.#send({ type: 'failure', id, error: errorData(error) });
    }
  }

  #cancel(id: number): void {
    this.#cancelled.add(id);
    this.#processes.get(id)?.process.kill();
    this.#watches.get(id)?.close();
    this.#watches.delete(id);
  }

  async #carryOut(id: number, request: BrokerRequest): Promise<unknown> {
    if (request.op === 'boot') return await this.#bootContainer(request.workdirName);
    if (request.op === 'teardown') return this.#teardown();
    const container = this.#booted();
    switch (request.op) {
      case 'mount':
        return await container.mount(treeOf(request.entries), request.mountPoint === undefined ? {} : { mountPoint: request.mountPoint });
      case 'readFile':
        return bytesOf(await container.fs.readFile(request.path));
      case 'writeFile':
        return await container.fs.writeFile(request.path, typeof request.data === 'string' ? request.data : new Uint8Array(request.data));
      case 'readdir':
        return await readdir(container, request.path);
      case 'rm':
        return await container.fs.rm(request.path, { recursive: request.recursive, force: request.force });
      case 'rename':
        return await container.fs.rename(request.from, request.to);
      case 'mkdir':
        return await mkdir(container, request);
      case 'watch':
        return this.#watch(container, id, request);
      case 'spawn':
        return await this.#spawn(container, id, request);
      case 'export':
        return bytesOf(await container.export(request.path, exportOptions(request)));
      case 'setPreviewScript':
        return await container.setPreviewScript(request.source, scriptOptions(request));
      default:
        return unreachable(request);
    }
  }

  #booted(): WebContainer {
    if (this.#container === undefined) throw new Error('The container is not booted.');
    return this.#container;
  }

  async #bootContainer(workdirName: string): Promise<{ workdir: string; path: string }> {
    const boot = await this.#begun(workdirName);
    boot.follow((stage) => this.#send({ type: 'boot-stage', stage }));
    const container = await boot.container;
    this.#send({ type: 'boot-stage', stage: 'built' });
    this.#container = container;
    this.#subscribe(container);
    keepForOffline();
    return { workdir: container.workdir, path: container.path };
  }

  /** The boot that has begun, unless another folder is asked for. */
  async #begun(workdirName: string): Promise<Boot> {
    const begun = this.#boot;
    this.#boot = undefined;
    if (begun?.workdirName === workdirName) return begun;
    (await begun?.container)?.teardown();
    return new Boot(this.#hostOrigin, workdirName);
  }

  #subscribe(container: WebContainer): void {
    this.#subscriptions.push(
      container.on('port', (port, state, url) => this.#send({ type: 'port', port, state, url })),
      container.on('server-ready', (port, url) => this.#send({ type: 'server-ready', port, url })),
      container.on('preview-message', (message) => this.#send({ type: 'preview-message', message: previewMessageData(message) })),
      container.on('error', ({ message }) => this.#send({ type: 'error', message })),
      container.on('xdg-open', (target) => this.#send({ type: 'xdg-open', target })),
      container.on('code', (type, { files }) =>
        this.#send({ type: 'code', kind: type === 'diff' ? 'diff' : 'file', paths: files.map((file) => file.filepath).slice(0, 16) }),
      ),
    );
  }

  #watch(container: WebContainer, id: number, request: Extract<BrokerRequest, { op: 'watch' }>): void {
    const watcher = container.fs.watch(request.path, { recursive: request.recursive }, (event, name) => {
      this.#send({ type: 'watch-event', watch: id, event, path: typeof name === 'string' ? name : new TextDecoder().decode(name) });
    });
    this.#watches.set(id, watcher);
  }

  async #spawn(container: WebContainer, id: number, request: Extract<BrokerRequest, { op: 'spawn' }>): Promise<void> {
    const process = await container.spawn(request.command, request.args, {
      output: request.credit > 0,
      ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
      ...(request.env === undefined ? {} : { env: Object.fromEntries(request.env) }),
      ...(request.terminal === undefined ? {} : { terminal: request.terminal }),
    });
    if (this.#cancelled.has(id)) return process.kill();
    const output = request.credit > 0 ? new PacedOutput(process.output, request.credit, (data) => this.#send({ type: 'output', process: id, data })) : undefined;
    this.#processes.set(id, { process, output, input: process.input.getWriter() });
    void this.#follow(id, process, output);
  }

  /** Announces the end of the output and the exit, each when it happens: a child may hold the output open past its parent's exit. */
  async #follow(id: number, process: WebContainerProcess, output: PacedOutput | undefined): Promise<void> {
    const exited = process.exit.then((code) => this.#send({ type: 'exit', process: id, code }));
    const ended = output?.run().then(() => this.#send({ type: 'output-end', process: id }));
    try {
      await exited;
      await ended;
    } catch (error) {
      this.#report(error);
    } finally {
      this.#processes.delete(id);
    }
  }

  #teardown(): void {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
    this.#container?.teardown();
    this.#container = undefined;
  }

  readonly #report = (error: unknown): void => this.#send({ type: 'error', message: errorData(error).message });
}

/** After the boot, which must not share the wire with it. Where the browser refuses, the broker works with the server there alone. */
function keepForOffline(): void {
  navigator.serviceWorker?.register(`/service-worker.js${location.search}`).catch(() => {});
}

async function readdir(container: WebContainer, path: string) {
  const entries = await container.fs.readdir(path, { withFileTypes: true });
  return entries.map((entry) => ({ name: entry.name, kind: entry.isDirectory() ? 'directory' : 'file' }));
}

async function mkdir(container: WebContainer, request: { path: string; recursive: boolean }): Promise<void> {
  if (request.recursive) await container.fs.mkdir(request.path, { recursive: true });
  else await container.fs.mkdir(request.path);
}

function exportOptions({ format, includes, excludes }: Extract<BrokerRequest, { op: 'export' }>) {
  return { format, ...(includes === undefined ? {} : { includes }), ...(excludes === undefined ? {} : { excludes }) };
}

function scriptOptions({ type, defer, async }: Extract<BrokerRequest, { op: 'setPreviewScript' }>) {
  return { ...(type === undefined ? {} : { type }), ...(defer === undefined ? {} : { defer }), ...(async === undefined ? {} : { async }) };
}

/** An `ArrayBuffer` of exactly these bytes, never one shared with the host. */
function bytesOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function previewMessageData(message: PreviewMessage) {
  const { type, port, pathname, search, hash } = message;
  const text = 'message' in message ? message.message : message.args.map(String).join(' ');
  return { type, port, pathname, search, hash, message: text, stack: message.stack };
}

function errorData(error: unknown): BrokerErrorData {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error).slice(0, 4096) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code.slice(0, 64) } : {};
  return { name: error.name.slice(0, 256), message: error.message.slice(0, 4096), ...code };
}

function unreachable(value: never): never {
  throw new Error(`Unknown message: ${JSON.stringify(value)}`);
}
