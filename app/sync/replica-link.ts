import { fromReplicaSchema, LineReader, REPLICA_COMMAND, REPLICA_VERSION, type Content, type FromReplica, type ToReplica } from '../../shared/protocol/replica.ts';
import type { ContainerClient } from '../container/client.ts';
import type { ContainerProcess } from '../container/process.ts';

export type Welcome = Extract<FromReplica, { t: 'welcome' }>;
export type DiskChange = Extract<FromReplica, { t: 'changed' | 'removed' | 'moved' }>;
/** What came of a write: done, or what is there instead. */
export type Outcome = { done: true } | { done: false; hash: string | null; content: Content | null };

type Distribute<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Request = Distribute<Extract<ToReplica, { id: number }>, 'id'>;

/** The page's end of the replica protocol, over a process's standard input and output. The replica is hostile: everything it says is parsed. */
export class ReplicaLink {
  private readonly process: ContainerProcess;
  private readonly onChange: (change: DiskChange) => void;
  private readonly pending = new Map<number, PromiseWithResolvers<FromReplica>>();
  private readonly welcomed = Promise.withResolvers<Welcome>();
  private nextId = 1;

  private constructor(process: ContainerProcess, onChange: (change: DiskChange) => void) {
    this.process = process;
    this.onChange = onChange;
    void this.listen();
  }

  static async open(container: ContainerClient, onChange: (change: DiskChange) => void): Promise<ReplicaLink> {
    return new ReplicaLink(await container.spawn(REPLICA_COMMAND), onChange);
  }

  async hello(): Promise<Welcome> {
    this.send({ t: 'hello', v: REPLICA_VERSION });
    return this.welcomed.promise;
  }

  async read(path: string): Promise<Content | null> {
    const answer = await this.ask({ t: 'read', path });
    if (answer.t !== 'content') throw new Error(describe(answer));
    return answer.content;
  }

  /** @throws when the disk refuses (full, no such folder) */
  async write(request: Request): Promise<Outcome> {
    const answer = await this.ask(request);
    if (answer.t === 'done') return { done: true };
    if (answer.t === 'refused') return { done: false, hash: answer.hash, content: answer.content };
    throw new Error(describe(answer));
  }

  taken(path: string, hash: string | null): void {
    this.send({ t: 'taken', path, hash });
  }

  watch(): void {
    this.send({ t: 'watch' });
  }

  close(): void {
    this.process.kill();
  }

  private ask(request: Request): Promise<FromReplica> {
    const id = this.nextId++;
    const answer = Promise.withResolvers<FromReplica>();
    this.pending.set(id, answer);
    this.send({ ...request, id } as ToReplica);
    return answer.promise;
  }

  private send(message: ToReplica): void {
    this.process.write(`${JSON.stringify(message)}\n`);
  }

  private async listen(): Promise<void> {
    const lines = new LineReader();
    try {
      for await (const piece of this.process.output) for (const line of lines.push(piece)) this.receive(line);
      this.fail(new Error('The disk\'s side of the sync has ended.'));
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private receive(line: string): void {
    const parsed = fromReplicaSchema.safeParse(parseJson(line));
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.t === 'welcome') this.welcomed.resolve(message);
    else if (message.t === 'changed' || message.t === 'removed' || message.t === 'moved') this.onChange(message);
    else {
      this.pending.get(message.id)?.resolve(message);
      this.pending.delete(message.id);
    }
  }

  private fail(error: Error): void {
    this.welcomed.promise.catch(() => {});
    this.welcomed.reject(error);
    for (const answer of this.pending.values()) {
      answer.promise.catch(() => {});
      answer.reject(error);
    }
    this.pending.clear();
  }
}

const describe = (answer: FromReplica): string => (answer.t === 'failed' ? `${answer.code}: ${answer.message}` : `unexpected answer ${answer.t}`);

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
