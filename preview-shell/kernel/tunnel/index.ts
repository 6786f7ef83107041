/** The reserved command `terrarium-tunnel`: the container's end of shared/protocol/host-link.ts as a program's standard input and output. */
import { dataLine, MAX_MESSAGE, MAX_STREAMS, parseDataLine, parseMessage, toContainerSchema } from '../../../shared/protocol/host-link.ts';
import type { Data, FromContainer, ToContainer } from '../../../shared/protocol/host-link.ts';
import { BoundedLines } from '../../../shared/protocol/lines.ts';
import type { OutputListener } from '../container/program-io.ts';
import type { RunningCommand } from '../container/run-command.ts';
import type { GatewayNetwork } from '../gateway/duplex.ts';
import { HttpClient } from '../gateway/http/client.ts';
import { LineWriter } from './line-writer.ts';
import { TunnelProgram, type StartProgram } from './program.ts';
import { TunnelRequest } from './request.ts';
import { TunnelSocket } from './socket.ts';
import { failStream, type StreamOutlet, type TunnelStream } from './stream.ts';

export interface TunnelServices {
  network: GatewayNetwork & { listeningPorts(): number[] };
  processes(): { pid: number; ppid: number; command: string; threads: number; busyMs: number }[];
  /** As in the answer to `processes`. */
  use(): { busyMs: number; packBytes: number };
  start: StartProgram;
}

/** Exit statuses: a reader that has gone (128 and SIGPIPE), a line that is none of the protocol (EX_PROTOCOL of sysexits.h), SIGTERM. */
const READER_GONE = 141;
const NO_PROTOCOL = 76;
const TERMINATED = 143;

export function tunnelCommand(services: TunnelServices): (request: unknown, output: OutputListener | undefined) => RunningCommand {
  return (_, output) => new Tunnel(services, output);
}

class Tunnel implements RunningCommand {
  readonly exited: Promise<number>;
  private readonly services: TunnelServices;
  private readonly client: HttpClient;
  private readonly out: LineWriter;
  private readonly lines = new BoundedLines(MAX_MESSAGE);
  private readonly decoder = new TextDecoder();
  private readonly streams = new Map<number, TunnelStream>();
  private readonly exit: (code: number) => void;
  private over = false;

  constructor(services: TunnelServices, output: OutputListener | undefined) {
    ({ promise: this.exited, resolve: this.exit } = Promise.withResolvers<number>());
    this.services = services;
    this.client = new HttpClient(services.network);
    this.out = new LineWriter(output, () => this.end(READER_GONE));
  }

  write(data: string | Uint8Array, written?: () => void): void {
    try {
      for (const line of this.lines.push(typeof data === 'string' ? data : this.decoder.decode(data, { stream: true }))) this.receive(line);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.end(NO_PROTOCOL);
    }
    written?.();
  }

  resize(): void {}
  endInput(): void {
    this.end(0);
  }
  signal(): void {
    this.end(TERMINATED);
  }
  kill(): void {
    this.end(TERMINATED);
  }

  private receive(line: string): void {
    if (this.over) return;
    if (line.startsWith('=')) {
      const data = parseDataLine(line);
      return data === undefined ? this.end(NO_PROTOCOL) : this.streams.get(data.id)?.data(data);
    }
    const message = parseMessage(toContainerSchema, line);
    if (message === undefined) this.end(NO_PROTOCOL);
    else this.dispatch(message);
  }

  private dispatch(message: ToContainer): void {
    const { id } = message;
    switch (message.t) {
      case 'ports': return this.tell({ t: 'ports', id, ports: this.services.network.listeningPorts().map((port) => ({ port })) });
      case 'processes': return this.tell({ t: 'processes', id, ...this.services.use(), processes: this.services.processes().map(({ command, ...rest }) => ({ ...rest, command: command.slice(0, 4096) })) });
      case 'request': return this.open(id, (outlet) => new TunnelRequest(message, outlet), (stream) => stream.start(this.client));
      case 'socket': return this.open(id, (outlet) => new TunnelSocket(message, outlet), (stream) => stream.start(this.client));
      case 'run': return this.open(id, (outlet) => new TunnelProgram(message, outlet), (stream) => stream.start(message, this.services.start));
      case 'end': case 'credit': case 'cancel': case 'close': case 'signal': case 'resize': return this.streams.get(id)?.receive(message);
    }
  }

  private open<T extends TunnelStream>(id: number, make: (outlet: StreamOutlet) => T, start: (stream: T) => void): void {
    const outlet: StreamOutlet = { tell: (message) => this.tell(message), send: (data) => this.send(data), ended: () => this.streams.delete(id) };
    if (this.streams.has(id) || this.streams.size >= MAX_STREAMS) return failStream({ ...outlet, ended: () => undefined }, id, 'refused', 'too many at a time');
    const stream = make(outlet);
    this.streams.set(id, stream);
    start(stream);
  }

  private tell(message: FromContainer): void {
    this.out.write(JSON.stringify(message));
  }

  private send(data: Data): void {
    this.out.write(dataLine(data));
  }

  private end(code: number): void {
    if (this.over) return;
    this.over = true;
    for (const stream of [...this.streams.values()]) stream.abort();
    this.client.close();
    this.out.close();
    this.exit(code);
  }
}
