/** The server's end of one granted lease: its streams over the host's connection (SPEC HL5, HL8, HL9, HL12-HL14, HL20-HL24). */
import { TerrariumError } from '../../shared/errors/error.ts';
import { CALLS, isCall } from '../../shared/protocol/host-calls.ts';
import { HEAD_LIMIT_MS, MAX_STREAMS } from '../../shared/protocol/host-link.ts';
import type { Data, FromServer } from '../../shared/protocol/host-link.ts';
import type { HostLink, HostProcess, HostUse, RemoteProcess, RemoteSocket, RunCommand } from './links.ts';
import { ProgramStream } from './program-stream.ts';
import { QuestionStream } from './question-stream.ts';
import { RequestStream } from './request-stream.ts';
import { SocketStream } from './socket-stream.ts';
import type { LinkStream, Outlet, StreamAnswer } from './stream.ts';

/** The connection that holds the lease. */
export interface Wire {
  send(message: FromServer): void;
  sendData(data: Data): void;
}

const QUESTION_LIMIT_MS = 30_000;
/** The container has its own limit, and says better why. */
const HEAD_GRACE_MS = 5_000;

type Stoppable = LinkStream & { giveUp(reason: unknown): void };

export class Link implements HostLink {
  readonly epoch: number;
  readonly kind: 'person' | 'headless';
  readonly ended: AbortSignal;
  private readonly wire: Wire;
  private readonly life = new AbortController();
  private readonly streams = new Map<number, LinkStream>();
  private nextId = 1;
  private lastAsked = Date.now();

  constructor(wire: Wire, epoch: number, kind: 'person' | 'headless') {
    this.wire = wire;
    this.epoch = epoch;
    this.kind = kind;
    this.ended = this.life.signal;
  }

  get busy(): boolean {
    return this.streams.size > 0;
  }

  get usedAt(): number {
    return this.lastAsked;
  }

  // What the server asks

  run(command: RunCommand, signal: AbortSignal): RemoteProcess {
    signal.throwIfAborted();
    return this.open(signal, (outlet) => new ProgramStream(outlet, command), (stream) => stream.start());
  }

  async ports(): Promise<{ port: number }[]> {
    const answer = await this.ask('ports', (id) => ({ t: 'ports', id }));
    return answer.t === 'ports' ? answer.ports : [];
  }

  async processes(): Promise<HostProcess[]> {
    return hostUseIn(await this.askProcesses()).processes;
  }

  async use(): Promise<HostUse> {
    const before = this.lastAsked;
    const asked = this.askProcesses();
    this.lastAsked = before;
    return hostUseIn(await asked);
  }

  private askProcesses(): Promise<StreamAnswer> {
    return this.ask('processes', (id) => ({ t: 'processes', id }));
  }

  async request(port: number, request: Request, signal: AbortSignal): Promise<Response> {
    signal.throwIfAborted();
    const stream = this.open(signal, (outlet) => new RequestStream(outlet, port), (made) => made.start(request));
    return await this.within(HEAD_LIMIT_MS + HEAD_GRACE_MS, stream, stream.answer);
  }

  async webSocket(port: number, path: string, headers: Headers, signal: AbortSignal): Promise<RemoteSocket> {
    signal.throwIfAborted();
    const stream = this.open(signal, (outlet) => new SocketStream(outlet, port), (made) => made.start(path, headers));
    return await this.within(QUESTION_LIMIT_MS, stream, stream.opened);
  }

  async call(name: string, input: unknown, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    if (!isCall(name)) throw TerrariumError.of('E-TERRARIUM-1328', { name: name.slice(0, 64), problem: 'there is no such question' });
    const parsed = CALLS[name].input.parse(input);
    const answer = await this.ask(name, (id) => ({ t: 'call', id, name, input: parsed }), signal);
    const value = CALLS[name].answer.safeParse(answer.t === 'result' ? answer.value : undefined);
    if (!value.success) throw TerrariumError.of('E-TERRARIUM-1328', { name, problem: 'its answer has the wrong shape' });
    return value.data;
  }

  // What the host says

  /** A sentence for a host that broke the protocol, which ends it. */
  receive(message: StreamAnswer): string | undefined {
    if (message.id >= this.nextId) return `a message of stream ${message.id}, which was never opened`;
    this.streams.get(message.id)?.receive(message);
    return undefined;
  }

  receiveData(data: Data): string | undefined {
    if (data.id >= this.nextId) return `bytes of stream ${data.id}, which was never opened`;
    const stream = this.streams.get(data.id);
    if (stream === undefined) return undefined;
    if (data.bytes.length > stream.allowance) return 'more bytes than it was granted';
    stream.data(data);
    return undefined;
  }

  /** The lease is over. */
  end(error: TerrariumError): void {
    if (this.life.signal.aborted) return;
    this.life.abort(error);
    for (const stream of [...this.streams.values()]) stream.fail(error);
    this.streams.clear();
  }

  private open<T extends Stoppable>(signal: AbortSignal, make: (outlet: Outlet) => T, start: (stream: T) => void): T {
    this.ended.throwIfAborted();
    if (this.streams.size >= MAX_STREAMS) throw TerrariumError.of('E-TERRARIUM-1326');
    const id = this.nextId++;
    this.lastAsked = Date.now();
    const stop = (): void => stream.giveUp(signal.reason);
    const stream = make({
      id,
      send: (message) => this.wire.send(message),
      sendData: (data) => this.wire.sendData(data),
      ended: () => {
        this.streams.delete(id);
        signal.removeEventListener('abort', stop);
      },
    });
    this.streams.set(id, stream);
    signal.addEventListener('abort', stop, { once: true });
    start(stream);
    return stream;
  }

  private async ask(name: string, question: (id: number) => FromServer, signal = this.ended): Promise<StreamAnswer> {
    let ask = (): void => {};
    const stream = this.open(signal, (outlet) => {
      ask = () => outlet.send(question(outlet.id));
      return new QuestionStream(outlet, name);
    }, () => ask());
    return await this.within(QUESTION_LIMIT_MS, stream, stream.answer);
  }

  private async within<T>(limit: number, stream: Stoppable, answer: Promise<T>): Promise<T> {
    const timer = setTimeout(() => stream.giveUp(TerrariumError.of('E-TERRARIUM-1324', { seconds: limit / 1000 })), limit);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }
}

const hostUseIn = (answer: StreamAnswer): HostUse => (answer.t === 'processes' ? { processes: answer.processes, busyMs: answer.busyMs, packBytes: answer.packBytes } : { processes: [], busyMs: 0, packBytes: 0 });
