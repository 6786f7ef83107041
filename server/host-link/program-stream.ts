import { TerrariumError } from '../../shared/errors/error.ts';
import type { Data } from '../../shared/protocol/host-link.ts';
import { PacedSender } from '../../shared/protocol/paced.ts';
import { Incoming } from './incoming.ts';
import type { RemoteProcess, RunCommand } from './links.ts';
import type { LinkStream, Outlet, StreamAnswer } from './stream.ts';

/** One program of the container. */
export class ProgramStream implements LinkStream, RemoteProcess {
  readonly output: ReadableStream<string>;
  readonly exit: Promise<number>;
  private readonly outlet: Outlet;
  private readonly command: RunCommand;
  private readonly incoming: Incoming<string>;
  private readonly outgoing: PacedSender;
  private readonly exited = Promise.withResolvers<number>();
  private readonly decoder = new TextDecoder();
  private left = 2;
  private over = false;

  constructor(outlet: Outlet, command: RunCommand) {
    this.outlet = outlet;
    this.command = command;
    this.exit = this.exited.promise;
    this.exit.catch(() => {});
    // Whoever stops reading does not stop the program: what it prints then goes nowhere.
    this.incoming = new Incoming((bytes) => outlet.send({ t: 'credit', id: outlet.id, bytes }), () => outlet.send({ t: 'credit', id: outlet.id, bytes: 0x7fff_ffff }));
    this.output = this.incoming.stream;
    this.outgoing = new PacedSender(outlet.id, (data) => outlet.sendData(data));
  }

  get allowance(): number {
    return this.incoming.allowance;
  }

  start(): void {
    this.outlet.send({ t: 'run', id: this.outlet.id, ...this.command });
  }

  receive(message: StreamAnswer): void {
    if (message.t === 'credit') this.outgoing.grant(message.bytes);
    else if (message.t === 'exit') {
      this.exited.resolve(message.code);
      this.oneEnded();
    } else if (message.t === 'end') {
      this.incoming.end();
      this.oneEnded();
    } else if (message.t === 'failed') this.end(message.reason === 'refused' ? TerrariumError.of('E-TERRARIUM-1326') : TerrariumError.of('E-TERRARIUM-1327', { command: this.command.command, problem: message.message }));
  }

  data({ bytes }: Data): void {
    const text = this.decoder.decode(bytes, { stream: true });
    this.incoming.push(text === '' ? undefined : text, bytes.length);
  }

  write(text: string): void {
    if (text !== '') this.outgoing.push(new TextEncoder().encode(text), { text: true });
  }

  endInput(): void {
    this.outgoing.finish(() => this.outlet.send({ t: 'end', id: this.outlet.id }));
  }

  kill(signal: string): void {
    if (!this.over) this.outlet.send({ t: 'signal', id: this.outlet.id, signal });
  }

  fail(error: TerrariumError): void {
    this.end(error);
  }

  giveUp(reason: unknown): void {
    if (this.over) return;
    this.outlet.send({ t: 'cancel', id: this.outlet.id });
    this.end(reason);
  }

  private oneEnded(): void {
    this.left--;
    if (this.left === 0) this.finish();
  }

  private end(error: unknown): void {
    this.exited.reject(error);
    this.incoming.fail(error);
    this.finish();
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    this.outgoing.stop();
    this.outlet.ended();
  }
}
