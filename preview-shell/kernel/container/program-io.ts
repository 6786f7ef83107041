/** The host's end of a program's standard streams: a terminal, or two pipes (output and errors go to one, in their order). */
import type { OpenFile } from '../descriptors/open-file.ts';
import type { ProcessTable } from '../process/table.ts';
import { createPipe } from '../streams/pipe.ts';
import type { Terminal } from '../streams/terminal.ts';

/** Takes output; `null` is its end. A returned promise holds the program back until it settles. */
export type OutputListener = (bytes: Uint8Array | null) => void | Promise<unknown>;

export interface TerminalRequest {
  cols: number;
  rows: number;
}

/** ^D (VEOF of termios(3)). */
const END_OF_FILE = '\u0004';

export interface ProgramIo {
  stdio: OpenFile[];
  terminal: Terminal | undefined;
  write(data: string | Uint8Array, written?: () => void): void;
  endInput(): void;
  resize(size: TerminalRequest): void;
  /** The program has ended: what is left of its output is delivered, then the end. */
  close(): void;
}

export function terminalIo(processes: ProcessTable, size: TerminalRequest, output: OutputListener | undefined): ProgramIo {
  const terminal = processes.createTerminal({ columns: size.cols, rows: size.rows });
  terminal.onOutput(
    async (bytes) => void (await output?.(bytes)),
    () => void output?.(null),
  );
  return {
    stdio: [terminal.slave, terminal.slave, terminal.slave],
    terminal,
    write: (data, written) => {
      terminal.write(data);
      written?.();
    },
    endInput: () => terminal.write(END_OF_FILE),
    resize: ({ cols, rows }) => terminal.resize(cols, rows),
    close: () => terminal.close(),
  };
}

export function pipeIo(output: OutputListener | undefined): ProgramIo {
  const input = createPipe();
  const out = createPipe();
  const reader = out.reader.readStart({
    data(bytes) {
      const taken = Promise.resolve(output?.(bytes));
      if (bytes !== null) void taken.then(() => reader.acknowledge(bytes.length), () => reader.stop());
    },
    error: () => void output?.(null),
  });
  const encoder = new TextEncoder();
  return {
    stdio: [input.reader, out.writer, out.writer],
    terminal: undefined,
    write: (data, written) => {
      if (input.writer.writeQueued(typeof data === 'string' ? encoder.encode(data) : data, () => written?.())) written?.();
    },
    endInput: () => input.writer.release(),
    resize: () => undefined,
    close: () => input.writer.release(),
  };
}
