/** A pseudoterminal (pty(7)): the host holds the master end, processes hold the slave. */
import { SysError } from '../../abi/errno.ts';
import type { Value } from '../../abi/codec.ts';
import type { ByteSink, OpenFile, StreamReader } from '../descriptors/open-file.ts';
import { Fifo, type DrainListener } from './fifo.ts';
import { LineDiscipline } from './line-discipline.ts';
import { anonymousInode, anonymousStat, S_IFCHR } from './stat.ts';

export interface TerminalSize {
  columns: number;
  rows: number;
}

export interface TerminalOptions extends TerminalSize {
  /** Sends a signal to a process group; the process table's `killGroup`. */
  killGroup(pgid: number, signal: string): void;
}

/** Output that a screen may lag behind before programs wait: small, so that ^C on a flood shows its effect at once. */
const OUTPUT_WINDOW_BYTES = 64 * 1024;
const OUTPUT_HIGH_WATER_BYTES = 32 * 1024;
const PTS_DEVICE = 136 << 8;
const LF = 10;
const CR = 13;
const BELL = 7;

export class Terminal {
  readonly slave: OpenFile;
  /** The process that asked for raw mode, which ends with it (uv_tty_reset_mode); 0 for none. */
  rawBy = 0;
  private readonly input = new Fifo();
  private readonly output = new Fifo({ window: OUTPUT_WINDOW_BYTES, highWater: OUTPUT_HIGH_WATER_BYTES });
  private readonly discipline: LineDiscipline;
  private readonly killGroup: TerminalOptions['killGroup'];
  private current: TerminalSize;
  private foregroundGroup = 0;
  private closed = false;

  constructor(options: TerminalOptions) {
    this.current = { columns: options.columns, rows: options.rows };
    this.killGroup = options.killGroup;
    this.slave = new TerminalSlave(this, this.input, this.output);
    this.discipline = new LineDiscipline({
      deliver: (bytes) => this.input.push(bytes, () => {}),
      endOfFile: () => this.input.markEnd(),
      echo: (bytes) => this.echo(bytes),
      signal: (name) => this.interrupt(name),
    });
  }

  get size(): TerminalSize {
    return this.current;
  }

  get raw(): boolean {
    return this.discipline.raw;
  }

  set raw(raw: boolean) {
    this.discipline.setRaw(raw);
  }

  /** The process group that ^C reaches and that may read; 0 when there is none. */
  get foreground(): number {
    return this.foregroundGroup;
  }

  set foreground(pgid: number) {
    this.foregroundGroup = pgid;
    this.input.pump();
  }

  /** What was typed. */
  write(input: Uint8Array | string): void {
    if (this.closed) return;
    this.discipline.input(typeof input === 'string' ? new TextEncoder().encode(input) : input);
  }

  /** Where output goes. While a promise that the listener returned is pending no more comes, and programs wait. `onEnd`: after `close`, and all output. */
  onOutput(listener: (bytes: Uint8Array) => void | Promise<void>, onEnd: () => void = () => {}): void {
    const reader = this.output.start({
      data(bytes) {
        if (bytes === null) return;
        const shown = listener(bytes);
        // A listener typed void may return anything.
        if (!(shown instanceof Promise)) reader.acknowledge(bytes.length);
        else void shown.then(() => reader.acknowledge(bytes.length), () => reader.stop());
      },
      error: onEnd,
    });
  }

  resize(columns: number, rows: number): void {
    if (columns === this.current.columns && rows === this.current.rows) return;
    this.current = { columns, rows };
    this.signalForeground('SIGWINCH');
  }

  /** Hangs up: what was printed is still delivered, readers see the end, writers EIO, the foreground group gets SIGHUP. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.input.end();
    this.output.end('EIO');
    this.signalForeground('SIGHUP');
  }

  /** OPOST with ONLCR: a line feed becomes carriage return and line feed, in raw mode too, as libuv keeps it. */
  print(bytes: Uint8Array, onDrain: DrainListener): boolean {
    return this.output.push(expandLineFeeds(bytes), onDrain);
  }

  private echo(bytes: Uint8Array): void {
    if (!this.closed) this.print(bytes, () => {});
  }

  private interrupt(signal: 'SIGINT' | 'SIGQUIT' | 'SIGTSTP'): void {
    if (signal === 'SIGTSTP') {
      // A Worker cannot be stopped: say so as a terminal does.
      this.echo(Uint8Array.of(BELL));
      return;
    }
    this.input.drop();
    this.signalForeground(signal);
  }

  private signalForeground(signal: string): void {
    if (this.foregroundGroup > 0) this.killGroup(this.foregroundGroup, signal);
  }
}

export function createTerminal(options: TerminalOptions): Terminal {
  return new Terminal(options);
}

/** The terminal that a description belongs to, when it is one. */
export function terminalOf(file: OpenFile): Terminal | undefined {
  return file instanceof TerminalSlave ? file.terminal : undefined;
}

class TerminalSlave implements OpenFile {
  readonly kind = 'tty';
  readonly terminal: Terminal;
  private readonly input: Fifo;
  private readonly output: Fifo;
  private readonly inode = anonymousInode();

  constructor(terminal: Terminal, input: Fifo, output: Fifo) {
    this.terminal = terminal;
    this.input = input;
    this.output = output;
  }

  read(length: number, position: number | null, signal: AbortSignal): Promise<Uint8Array> {
    if (position !== null) throw new SysError('ESPIPE');
    return this.input.read(length, signal);
  }

  write(bytes: Uint8Array, position: number | null, signal: AbortSignal): number | Promise<number> {
    if (position !== null) throw new SysError('ESPIPE');
    const written = this.output.write(expandLineFeeds(bytes), signal);
    return typeof written === 'number' ? bytes.length : written.then(() => bytes.length);
  }

  stat(): Value {
    return anonymousStat(S_IFCHR, this.inode, PTS_DEVICE);
  }

  readStart(sink: ByteSink): StreamReader {
    return this.input.start(sink);
  }

  writeQueued(bytes: Uint8Array, onDrain: DrainListener): boolean {
    return this.terminal.print(bytes, onDrain);
  }

  shutdown(): void {}

  /** The terminal lives as long as the host shows it: another process may open it again. */
  release(): void {}
}

function expandLineFeeds(bytes: Uint8Array): Uint8Array {
  let feeds = 0;
  for (const byte of bytes) if (byte === LF) feeds++;
  if (feeds === 0) return bytes;
  const expanded = new Uint8Array(bytes.length + feeds);
  let at = 0;
  for (const byte of bytes) {
    if (byte === LF) expanded[at++] = CR;
    expanded[at++] = byte;
  }
  return expanded;
}
