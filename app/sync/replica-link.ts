import { fromReplicaSchema, LineReader, REPLICA_COMMAND, REPLICA_VERSION, type Content, type FromReplica, type ToReplica } from '../../shared/protocol/replica.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { ContainerClient } from '../container/client.ts';
import type { ContainerProcess } from '../container/process.ts';

export type Welcome = Extract<FromReplica, { t: 'welcome' }>;
export type DiskChange = Extract<FromReplica, { t: 'changed' | 'removed' | 'moved' }>;

type Distribute<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Request = Distribute<Extract<ToReplica, { id: number }>, 'id'>;

/** The disk could not do what it was asked to: a code of errno(3). */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** The page's end of the replica protocol, over a process's standard input and output. The replica is hostile: everything it says is parsed. */
export class ReplicaLink {
  /** Resolves with the reason when the other side has ended, or has broken the protocol; nothing is answered from there on. */
  readonly ended: Promise<TerrariumError>;
  private readonly process: ContainerProcess;
  private readonly onChange: (change: DiskChange) => void;
  private readonly pending = new Map<number, PromiseWithResolvers<FromReplica>>();
  private readonly welcomed = Promise.withResolvers<Welcome>();
  private readonly end: (reason: TerrariumError) => void;
  private failure: TerrariumError | undefined;
  private nextId = 1;

  constructor(process: ContainerProcess, onChange: (change: DiskChange) => void) {
    this.process = process;
    this.onChange = onChange;
    ({ promise: this.ended, resolve: this.end } = Promise.withResolvers<TerrariumError>());
    this.welcomed.promise.catch(() => {});
    void this.listen();
  }

  static async open(container: Pick<ContainerClient, 'spawn'>, onChange: (change: DiskChange) => void): Promise<ReplicaLink> {
    return new ReplicaLink(await container.spawn(REPLICA_COMMAND), onChange);
  }

  async hello(): Promise<Welcome> {
    this.send({ t: 'hello', v: REPLICA_VERSION });
    return this.welcomed.promise;
  }

  async read(path: string): Promise<Content | null> {
    return contentIn(await this.ask({ t: 'read', path }));
  }

  /** A revision that the replica kept. */
  async revision(hash: string): Promise<Content | null> {
    return contentIn(await this.ask({ t: 'revision', hash }));
  }

  /**
   * Whether it was done; if not, the file was changed by a program, and that change has been told before.
   * @throws {DiskError} when the disk refuses (full, no such folder) @throws {TerrariumError} 1310 when the other side has ended
   */
  async write(request: Request): Promise<boolean> {
    const answer = await this.ask(request);
    if (answer.t === 'done' || answer.t === 'refused') return answer.t === 'done';
    throw unexpected(answer);
  }

  taken(path: string, hash: string | null): void {
    this.send({ t: 'taken', path, hash });
  }

  watch(): void {
    this.send({ t: 'watch' });
  }

  close(): void {
    this.fail('it was closed');
    this.process.kill();
  }

  private async ask(request: Request): Promise<FromReplica> {
    if (this.failure !== undefined) throw this.failure;
    const id = this.nextId++;
    const answer = Promise.withResolvers<FromReplica>();
    this.pending.set(id, answer);
    this.send({ ...request, id } as ToReplica);
    return answer.promise;
  }

  private send(message: ToReplica): void {
    if (this.failure === undefined) this.process.write(`${JSON.stringify(message)}\n`);
  }

  private async listen(): Promise<void> {
    const lines = new LineReader();
    try {
      for await (const piece of this.process.output) for (const line of lines.push(piece)) this.receive(line);
      this.fail('its process has ended');
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  private receive(line: string): void {
    const parsed = fromReplicaSchema.safeParse(parseJson(line));
    if (!parsed.success) return this.breach('it said what is no message');
    const message = parsed.data;
    if (message.t === 'welcome') this.welcomed.resolve(message);
    else if (message.t === 'changed' || message.t === 'removed' || message.t === 'moved') this.onChange(message);
    else if (message.id === null) this.breach(`it could not read a message (${message.t === 'failed' ? message.message : message.t})`);
    else {
      this.pending.get(message.id)?.resolve(message);
      this.pending.delete(message.id);
    }
  }

  private breach(reason: string): void {
    this.fail(reason);
    this.process.kill();
  }

  private fail(reason: string): void {
    if (this.failure !== undefined) return;
    this.failure = TerrariumError.of('E-TERRARIUM-1310', { reason });
    this.welcomed.reject(this.failure);
    for (const answer of this.pending.values()) answer.reject(this.failure);
    this.pending.clear();
    this.end(this.failure);
  }
}

function contentIn(answer: FromReplica): Content | null {
  if (answer.t === 'content') return answer.content;
  throw unexpected(answer);
}

function unexpected(answer: FromReplica): DiskError {
  return answer.t === 'failed' ? new DiskError(answer.code, answer.message) : new DiskError('EPROTO', `unexpected answer ${answer.t}`);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
