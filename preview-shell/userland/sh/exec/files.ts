import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import tty from 'node:tty';
import { BrokenPipe, errorCode } from '../../lib/errors.ts';
import type { Input, Output } from '../../lib/streams.ts';
import { encode } from '../../lib/text.ts';

const CHUNK = 64 * 1024;
const RETRY_MS = 2;
const DEFAULT_COLUMNS = 80;

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A descriptor of this process as a tool reads it. */
export class FdInput implements Input {
  readonly fd: number;
  #given: Uint8Array[] = [];

  constructor(fd: number) {
    this.fd = fd;
  }

  get isTTY(): boolean {
    return tty.isatty(this.fd);
  }

  async read(): Promise<Uint8Array | undefined> {
    const given = this.#given.shift();
    if (given !== undefined) return given;
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      try {
        const count = await new Promise<number>((resolve, reject) => fs.read(this.fd, buffer, 0, CHUNK, null, (error, read) => (error === null ? resolve(read) : reject(error))));
        return count === 0 ? undefined : buffer.subarray(0, count);
      } catch (error) {
        const code = errorCode(error);
        // EOF and EIO are how a terminal that went away ends.
        if (code === 'EOF' || code === 'EIO') return undefined;
        if (code !== 'EAGAIN') throw error;
        await later(RETRY_MS);
      }
    }
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#given.unshift(bytes);
  }
}

/** A descriptor of this process as a tool writes it. */
export class FdOutput implements Output {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  get isTTY(): boolean {
    return tty.isatty(this.fd);
  }

  get columns(): number {
    return this.isTTY ? (process.stdout.columns ?? DEFAULT_COLUMNS) : DEFAULT_COLUMNS;
  }

  async write(data: string | Uint8Array): Promise<void> {
    let bytes: Uint8Array = typeof data === 'string' ? encode(data) : data;
    while (bytes.length > 0) {
      try {
        const rest = bytes;
        const count = await new Promise<number>((resolve, reject) => fs.write(this.fd, rest, (error, written) => (error === null ? resolve(written) : reject(error))));
        bytes = bytes.subarray(count);
      } catch (error) {
        const code = errorCode(error);
        if (code === 'EPIPE') throw new BrokenPipe();
        if (code !== 'EAGAIN') throw error;
        await later(RETRY_MS);
      }
    }
  }

  flush(): void {}
}
