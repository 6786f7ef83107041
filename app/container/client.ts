/** The app's client of the container: typed calls over the broker's port, every message parsed, every call limited in time. */
import { BOOT_STAGE_LIMIT, brokerToAppSchema, OUTPUT_WINDOW, RESULTS, TIME_LIMITS } from '../../shared/protocol/broker.ts';
import type { AppToBroker, BootStage, BrokerOp, BrokerRequest, BrokerResult, BrokerToApp, MountEntry, PreviewMessageData, TerminalSize } from '../../shared/protocol/broker.ts';
import { connectBroker } from './connect.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { bootTimeoutError, ContainerOperationError } from './errors.ts';
import { ProcessEnd } from './process.ts';
import type { ContainerProcess } from './process.ts';
import type { HostTrouble } from './host-check.ts';

export interface ContainerEvents {
  'boot-stage': BootStage;
  port: { port: number; state: 'open' | 'close'; url: string };
  'server-ready': { port: number; url: string };
  'preview-message': PreviewMessageData;
  'xdg-open': { target: string };
  code: { kind: 'file' | 'diff'; paths: string[] };
  /** An error inside the container that belongs to no request. */
  error: { message: string };
  /** The container is gone (frame reloaded, protocol broken, torn down); nothing works from here on. */
  lost: TerrariumError;
}

export interface CallOptions {
  signal?: AbortSignal;
}

export interface SpawnOptions extends CallOptions {
  /** Relative to the working directory. */
  cwd?: string;
  env?: Record<string, string>;
  terminal?: TerminalSize;
  /** False: the output is not sent at all. */
  output?: boolean;
}

export interface WatchEvent {
  event: 'rename' | 'change';
  /** Relative to the watched path. */
  path: string;
}

interface Pending {
  op: BrokerOp;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type Listeners = { [K in keyof ContainerEvents]?: Set<(event: ContainerEvents[K]) => void> };

/** Where the client's messages go; the broker's port, or one end of a channel in a test. */
export interface ClientTransport {
  port: MessagePort;
  close(): void;
  onLost(callback: () => void): void;
}

/** A host that has loaded and says nothing for so long is asked for directly, in milliseconds. Its first word is on its way before its load event. */
const HOST_SILENCE_MS = 1000;

export class ContainerClient {
  readonly #transport: ClientTransport;
  #nextId = 1;
  #lost: TerrariumError | undefined;
  #bootStage: BootStage | undefined;
  readonly #pending = new Map<number, Pending>();
  readonly #processes = new Map<number, ProcessEnd>();
  readonly #watches = new Map<number, (event: WatchEvent) => void>();
  readonly #listeners: Listeners = {};
  /** Environment variables of every program that is spawned; those that the call names come first. */
  variables: Readonly<Record<string, string>> = {};

  constructor(transport: ClientTransport) {
    this.#transport = transport;
    transport.onLost(() => this.#lose(TerrariumError.of('E-TERRARIUM-2102')));
    transport.port.addEventListener('message', (event: MessageEvent<unknown>) => this.#receive(event.data));
    transport.port.start();
  }

  /** Opens the broker frame of an environment. One client per frame; `teardown` removes it. */
  static async connect(brokerOrigin: string, signal: AbortSignal): Promise<ContainerClient> {
    return new ContainerClient(await connectBroker(brokerOrigin, signal));
  }

  /** Subscribes to an event; the result unsubscribes. */
  on<K extends keyof ContainerEvents>(event: K, listener: (value: ContainerEvents[K]) => void): () => void {
    const set: Set<(value: ContainerEvents[K]) => void> = (this.#listeners[event] as Set<(value: ContainerEvents[K]) => void> | undefined) ?? new Set();
    // Keyed by `event`, so the set holds listeners of exactly this event; TypeScript does not follow the correlation.
    this.#listeners[event] = set as Listeners[K];
    set.add(listener);
    return () => set.delete(listener);
  }

  /** Boots the container; once per client. Fails with the cause when it does not come up within `TIME_LIMITS.boot`. */
  async boot(options: { workdirName: string; hostTrouble?: () => Promise<HostTrouble | undefined> } & CallOptions): Promise<BrokerResult<'boot'>> {
    const watchdog = this.#watchBoot(options.hostTrouble);
    const signal = options.signal === undefined ? watchdog.signal : AbortSignal.any([options.signal, watchdog.signal]);
    try {
      return await this.#call({ op: 'boot', workdirName: options.workdirName }, { signal });
    } finally {
      watchdog.stop();
    }
  }

  async mount(entries: MountEntry[], options: { mountPoint?: string } & CallOptions = {}): Promise<void> {
    const transfer = entries.flatMap((entry) => (entry.kind === 'file' && typeof entry.contents !== 'string' ? [entry.contents] : []));
    const mountPoint = options.mountPoint === undefined ? {} : { mountPoint: options.mountPoint };
    await this.#call({ op: 'mount', entries, ...mountPoint }, options, transfer);
  }

  async readFile(path: string, options: CallOptions = {}): Promise<Uint8Array> {
    return new Uint8Array(await this.#call({ op: 'readFile', path }, options));
  }

  /** Throws a `TypeError` when the file is not UTF-8. */
  async readTextFile(path: string, options: CallOptions = {}): Promise<string> {
    return new TextDecoder('utf-8', { fatal: true }).decode(await this.readFile(path, options));
  }

  /** Bytes are copied, the caller keeps them. */
  async writeFile(path: string, data: string | Uint8Array, options: CallOptions = {}): Promise<void> {
    if (typeof data === 'string') return void (await this.#call({ op: 'writeFile', path, data }, options));
    const copy = Uint8Array.from(data).buffer;
    await this.#call({ op: 'writeFile', path, data: copy }, options, [copy]);
  }

  async readdir(path: string, options: CallOptions = {}): Promise<BrokerResult<'readdir'>> {
    return await this.#call({ op: 'readdir', path }, options);
  }

  async rm(path: string, options: { recursive?: boolean; force?: boolean } & CallOptions = {}): Promise<void> {
    await this.#call({ op: 'rm', path, recursive: options.recursive ?? false, force: options.force ?? false }, options);
  }

  async rename(from: string, to: string, options: CallOptions = {}): Promise<void> {
    await this.#call({ op: 'rename', from, to }, options);
  }

  async mkdir(path: string, options: { recursive?: boolean } & CallOptions = {}): Promise<void> {
    await this.#call({ op: 'mkdir', path, recursive: options.recursive ?? false }, options);
  }

  /** Watches a path; the result stops it. */
  async watch(path: string, options: { recursive?: boolean } & CallOptions, listener: (event: WatchEvent) => void): Promise<() => void> {
    const id = this.#nextId;
    this.#watches.set(id, listener);
    try {
      await this.#call({ op: 'watch', path, recursive: options.recursive ?? false }, options);
    } catch (error) {
      this.#watches.delete(id);
      throw error;
    }
    return () => {
      if (this.#watches.delete(id)) this.#send({ type: 'unwatch', watch: id });
    };
  }

  async spawn(command: string, args: string[] = [], options: SpawnOptions = {}): Promise<ContainerProcess> {
    const id = this.#nextId;
    const process = new ProcessEnd(id, (message) => this.#send(message));
    this.#processes.set(id, process);
    try {
      await this.#call({ op: 'spawn', command, args, ...spawnFields({ ...options, env: { ...this.variables, ...options.env } }) }, options);
    } catch (error) {
      this.#processes.delete(id);
      throw error;
    }
    if (options.output === false) process.receiveEnd();
    return process;
  }

  /** The tree below `path` as a zip archive or in the library's binary form. */
  async export(path: string, options: { format: 'zip' | 'binary'; includes?: string[]; excludes?: string[] } & CallOptions): Promise<Uint8Array> {
    const { format, includes, excludes } = options;
    const filters = { ...(includes === undefined ? {} : { includes }), ...(excludes === undefined ? {} : { excludes }) };
    return new Uint8Array(await this.#call({ op: 'export', path, format, ...filters }, options));
  }

  async setPreviewScript(source: string, options: { type?: 'module' | 'importmap'; defer?: boolean; async?: boolean } & CallOptions = {}): Promise<void> {
    const { signal: _, ...fields } = options;
    await this.#call({ op: 'setPreviewScript', source, ...fields }, options);
  }

  /** Removes the frame: every process ends, nothing of the container's memory stays. The disk stays in the browser's storage. */
  teardown(): void {
    this.#lose(TerrariumError.of('E-TERRARIUM-2109'));
  }

  /** Aborts with the cause when a boot stays in one stage for too long, or as soon as it is known that the host's page is an error. */
  #watchBoot(trouble: () => Promise<HostTrouble | undefined> = () => Promise.resolve(undefined)): { signal: AbortSignal; stop(): void } {
    const abort = new AbortController();
    const hostIsSilent = () => this.#bootStage === 'host-frame' || this.#bootStage === 'host-loaded';
    const expire = async () => {
      const found = hostIsSilent() ? await trouble() : undefined;
      abort.abort(found?.error ?? bootTimeoutError(this.#bootStage));
    };
    const ask = async () => {
      const found = await trouble();
      // What has loaded is then the browser's own error page: a copy that the browser kept would have spoken.
      if (found !== undefined && this.#bootStage === 'host-loaded') abort.abort(found.error);
    };
    let limit = setTimeout(() => void expire(), BOOT_STAGE_LIMIT);
    let silence: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = this.on('boot-stage', (stage) => {
      clearTimeout(limit);
      clearTimeout(silence);
      limit = setTimeout(() => void expire(), BOOT_STAGE_LIMIT);
      if (stage === 'not-isolated') abort.abort(bootTimeoutError(stage));
      if (stage === 'host-loaded') silence = setTimeout(() => void ask(), HOST_SILENCE_MS);
    });
    return { signal: abort.signal, stop: () => (clearTimeout(limit), clearTimeout(silence), unsubscribe()) };
  }

  async #call<R extends BrokerRequest>(request: R, { signal }: CallOptions, transfer: Transferable[] = []): Promise<BrokerResult<R['op']>> {
    if (this.#lost !== undefined) throw this.#lost;
    signal?.throwIfAborted();
    const id = this.#nextId++;
    const answer = Promise.withResolvers<unknown>();
    const giveUp = (error: Error) => {
      this.#pending.delete(id);
      this.#send({ type: 'cancel', id });
      answer.reject(error);
    };
    const onAbort = () => giveUp(toError(signal?.reason));
    const timer = setTimeout(() => giveUp(this.#timeoutError(request.op)), limitOf(request.op));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#pending.set(id, { op: request.op, resolve: answer.resolve, reject: answer.reject });
    this.#send({ type: 'request', id, request }, transfer);
    try {
      // `#settle` parsed the value with the schema of this operation.
      return (await answer.promise) as BrokerResult<R['op']>;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #timeoutError(op: BrokerOp): TerrariumError {
    if (op === 'boot') return bootTimeoutError(this.#bootStage);
    return TerrariumError.of('E-TERRARIUM-2107', { operation: op, seconds: limitOf(op) / 1000 });
  }

  #send(message: AppToBroker, transfer: Transferable[] = []): void {
    if (this.#lost === undefined) this.#transport.port.postMessage(message, transfer);
  }

  #receive(data: unknown): void {
    const parsed = brokerToAppSchema.safeParse(data);
    if (parsed.success) this.#dispatch(parsed.data);
    // One malformed event is dropped; a malformed answer is caught where its request waits, by the time limit.
  }

  #dispatch(message: BrokerToApp): void {
    switch (message.type) {
      case 'result':
        return this.#settle(message.id, message.value);
      case 'failure':
        return this.#take(message.id)?.reject(new ContainerOperationError(message.error.message, message.error.code));
      case 'boot-stage':
        this.#bootStage = message.stage;
        return this.#emit('boot-stage', message.stage);
      case 'output':
        if (this.#processes.get(message.process)?.receiveOutput(message.data) === false) this.#breach('output beyond the granted credit');
        return;
      case 'output-end':
        return this.#withProcess(message.process, (process) => process.receiveEnd());
      case 'exit':
        return this.#withProcess(message.process, (process) => process.receiveExit(message.code));
      case 'watch-event':
        return this.#watches.get(message.watch)?.({ event: message.event, path: message.path });
      case 'port':
        return this.#emit('port', message);
      case 'server-ready':
        return this.#emit('server-ready', message);
      case 'preview-message':
        return this.#emit('preview-message', message.message);
      case 'xdg-open':
        return this.#emit('xdg-open', message);
      case 'code':
        return this.#emit('code', message);
      case 'error':
        return this.#emit('error', message);
    }
  }

  #withProcess(id: number, change: (process: ProcessEnd) => void): void {
    const process = this.#processes.get(id);
    if (process === undefined) return;
    change(process);
    if (process.finished) this.#processes.delete(id);
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #settle(id: number, value: unknown): void {
    const pending = this.#take(id);
    if (pending === undefined) return;
    const parsed = RESULTS[pending.op].safeParse(value);
    if (parsed.success) pending.resolve(parsed.data);
    else pending.reject(TerrariumError.of('E-TERRARIUM-2108', { what: `an answer to "${pending.op}" of the wrong shape` }));
  }

  #breach(what: string): void {
    this.#lose(TerrariumError.of('E-TERRARIUM-2108', { what }));
  }

  #lose(error: TerrariumError): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    for (const pending of this.#pending.values()) pending.reject(error);
    for (const process of this.#processes.values()) process.fail(error);
    this.#pending.clear();
    this.#processes.clear();
    this.#watches.clear();
    this.#transport.port.close();
    this.#transport.close();
    this.#emit('lost', error);
  }

  #emit<K extends keyof ContainerEvents>(event: K, value: ContainerEvents[K]): void {
    for (const listener of this.#listeners[event] ?? []) listener(value);
  }
}

function limitOf(op: BrokerOp): number {
  return op === 'boot' || op === 'mount' || op === 'spawn' || op === 'export' ? TIME_LIMITS[op] : TIME_LIMITS.other;
}

function spawnFields({ cwd, env, terminal, output }: SpawnOptions) {
  return {
    credit: output === false ? 0 : OUTPUT_WINDOW,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: Object.entries(env) }),
    ...(terminal === undefined ? {} : { terminal }),
  };
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('The call was cancelled.', { cause: reason });
}
