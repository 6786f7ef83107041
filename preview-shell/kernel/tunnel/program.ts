import type { Data, ToContainer } from '../../../shared/protocol/host-link.ts';
import { PacedSender } from '../../../shared/protocol/paced.ts';
import type { OutputListener } from '../container/program-io.ts';
import type { RunningCommand } from '../container/run-command.ts';
import { failStream, type StreamMessage, type StreamOutlet, type TunnelStream } from './stream.ts';

type Run = Extract<ToContainer, { t: 'run' }>;
/** @throws {SysError} when the program cannot be started */
export type StartProgram = (request: Run, output: OutputListener) => RunningCommand;

/** One program that was started through the link. Its stream is over when it has exited and its output has ended. */
export class TunnelProgram implements TunnelStream {
  private readonly id: number;
  private readonly outlet: StreamOutlet;
  private readonly answers: PacedSender;
  private running: RunningCommand | undefined;
  private left = 2;
  private over = false;

  constructor({ id }: Run, outlet: StreamOutlet) {
    this.id = id;
    this.outlet = outlet;
    this.answers = new PacedSender(id, (data) => outlet.send(data));
  }

  start(message: Run, start: StartProgram): void {
    try {
      this.running = start(message, (bytes) => this.printed(bytes));
    } catch (error) {
      this.stop();
      return failStream(this.outlet, this.id, 'not-started', error instanceof Error ? error.message : String(error));
    }
    void this.running.exited.then((code) => {
      if (!this.over) this.outlet.tell({ t: 'exit', id: this.id, code });
      this.oneEnded();
    });
  }

  receive(message: StreamMessage): void {
    switch (message.t) {
      case 'credit': return this.answers.grant(message.bytes);
      case 'end': return this.running?.endInput();
      case 'signal': return this.signal(message.signal);
      case 'resize': return this.running?.resize({ cols: message.cols, rows: message.rows });
      case 'cancel': return this.abort();
      case 'close': return undefined;
    }
  }

  data({ bytes }: Data): void {
    if (bytes.length === 0 || this.over) return;
    const taken = (): void => {
      if (!this.over) this.outlet.tell({ t: 'credit', id: this.id, bytes: bytes.length });
    };
    try {
      this.running?.write(bytes.slice(), taken);
    } catch {
      // EPIPE: its input has ended, what is written to it goes nowhere.
      taken();
    }
  }

  abort(): void {
    if (this.over) return;
    this.stop();
    this.running?.kill();
    this.outlet.ended();
  }

  private signal(name: string): void {
    try {
      this.running?.signal(name);
    } catch {
      // A signal that is none, or that this container cannot deliver: kill(1) would say so, and there is nobody here to be told.
    }
  }

  private printed(bytes: Uint8Array | null): Promise<void> {
    if (bytes === null) {
      this.answers.finish(() => {
        if (!this.over) this.outlet.tell({ t: 'end', id: this.id });
        this.oneEnded();
      });
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      if (this.over) resolve();
      else this.answers.push(bytes.slice(), { sent: resolve });
    });
  }

  private oneEnded(): void {
    this.left--;
    if (this.left > 0 || this.over) return;
    this.stop();
    this.outlet.ended();
  }

  private stop(): void {
    this.over = true;
    this.answers.stop();
  }
}
