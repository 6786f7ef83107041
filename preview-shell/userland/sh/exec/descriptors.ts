import fs from 'node:fs';
import type { Input, Output } from '../../lib/streams.ts';
import { FdInput, FdOutput } from './files.ts';

/** What a descriptor of a command refers to: a descriptor of this process, or a stream inside of it. */
export interface Endpoint {
  input?: Input;
  output?: Output;
  /** The process's own descriptor, which a child can inherit. */
  fd?: number;
  /** Whether `release` closes it. */
  owned?: boolean;
}

/** Descriptors that a redirection can name: one digit (XCU 2.7). */
const MOST = 10;

function isOpen(fd: number): boolean {
  try {
    fs.fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

/** Standard input, output and errors of a command, and what it has besides. */
export class Descriptors {
  readonly #table: Map<number, Endpoint>;
  readonly #opened: Endpoint[] = [];

  constructor(table: Iterable<readonly [number, Endpoint]>) {
    this.#table = new Map(table);
  }

  static inherited(): Descriptors {
    const others = Array.from({ length: MOST - 3 }, (_, index) => index + 3).filter(isOpen).map((fd): [number, Endpoint] => [fd, { fd, input: new FdInput(fd), output: new FdOutput(fd) }]);
    return new Descriptors([[0, { fd: 0, input: new FdInput(0) }], [1, { fd: 1, output: new FdOutput(1) }], [2, { fd: 2, output: new FdOutput(2) }], ...others]);
  }

  copy(): Descriptors {
    return new Descriptors(this.#table);
  }

  get(fd: number): Endpoint | undefined {
    return this.#table.get(fd);
  }

  entries(): IterableIterator<[number, Endpoint]> {
    return this.#table.entries();
  }

  set(fd: number, endpoint: Endpoint | undefined): void {
    if (endpoint === undefined) this.#table.delete(fd);
    else this.#table.set(fd, endpoint);
  }

  /** Opens a file. @throws the errors of open(2) */
  open(fd: number, path: string, flags: string): void {
    const opened = fs.openSync(path, flags, 0o666);
    const endpoint: Endpoint = { fd: opened, owned: true };
    if (flags !== 'w' && flags !== 'a' && flags !== 'wx') endpoint.input = new FdInput(opened);
    if (flags !== 'r') endpoint.output = new FdOutput(opened);
    this.#opened.push(endpoint);
    this.#table.set(fd, endpoint);
  }

  /** Closes what was opened here. */
  release(): void {
    for (const { fd } of this.#opened.splice(0)) if (fd !== undefined) fs.closeSync(fd);
  }

  get stdin(): Input {
    return this.#table.get(0)?.input ?? EMPTY;
  }

  get stdout(): Output {
    return this.#table.get(1)?.output ?? CLOSED;
  }

  get stderr(): Output {
    return this.#table.get(2)?.output ?? CLOSED;
  }
}

const EMPTY: Input = { isTTY: false, read: () => undefined, unread: () => undefined };
const CLOSED: Output = {
  isTTY: false, columns: 80, flush: () => undefined,
  write: () => {
    throw Object.assign(new Error('Bad file descriptor'), { code: 'EBADF' });
  },
};
