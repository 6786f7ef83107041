import { Buffer } from 'node:buffer';
import { decode, encode, incompleteTail } from './text.ts';

/** Where a tool reads. */
export interface Input {
  /** The next bytes, or undefined at the end. */
  read(): Promise<Uint8Array | undefined> | Uint8Array | undefined;
  /** Gives back bytes that were read and not used; the next reader of the same stream gets them. */
  unread(bytes: Uint8Array): void;
  readonly isTTY: boolean;
}

/** Where a tool writes. Fails with BrokenPipe when nobody reads any more. */
export interface Output {
  /** Waits (when it returns a promise) until there is room. */
  write(data: string | Uint8Array): Promise<void> | void;
  flush(): Promise<void> | void;
  readonly isTTY: boolean;
  /** Width of the terminal, or 80. */
  readonly columns: number;
}

const TURN_MS = 8;
let turnStarted = performance.now();

/** Lets timers, signals and other streams have a turn, when the last one was a while ago. */
export function breathe(): Promise<void> | undefined {
  if (performance.now() - turnStarted < TURN_MS) return undefined;
  return new Promise((resolve) => {
    setImmediate(() => {
      turnStarted = performance.now();
      resolve();
    });
  });
}

export async function* chunks(input: Input): AsyncGenerator<Uint8Array> {
  for (let chunk = await input.read(); chunk !== undefined; chunk = await input.read()) {
    yield chunk;
    await breathe();
  }
}

export async function readAll(input: Input): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks(input)) parts.push(chunk);
  return parts.length === 1 && parts[0] ? Buffer.from(parts[0]) : Buffer.concat(parts);
}

export async function readText(input: Input): Promise<string> {
  return decode(await readAll(input));
}

/** Batches of lines; each line with its newline, the last perhaps without. Batches keep the cost per line small. */
export async function* lineBatches(input: Input, delimiter = '\n'): AsyncGenerator<string[]> {
  let rest = '';
  let tail: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks(input)) {
    const bytes = tail.length > 0 ? Buffer.concat([tail, chunk]) : chunk;
    const cut = bytes.length - incompleteTail(bytes);
    tail = bytes.subarray(cut);
    const text = decode(bytes.subarray(0, cut));
    if (!text.includes(delimiter)) {
      rest += text;
      continue;
    }
    const lines = splitKeeping(rest + text, delimiter);
    const last = lines.at(-1) ?? '';
    rest = last.endsWith(delimiter) ? '' : (lines.pop() ?? '');
    if (lines.length > 0) yield lines;
  }
  rest += decode(tail);
  if (rest !== '') yield [rest];
}

/** Lines without their newline. */
export async function* lines(input: Input, delimiter = '\n'): AsyncGenerator<string> {
  for await (const batch of lineBatches(input, delimiter)) {
    for (const line of batch) yield line.endsWith(delimiter) ? line.slice(0, -1) : line;
  }
}

export function splitKeeping(text: string, delimiter: string): string[] {
  const result: string[] = [];
  let from = 0;
  for (let at = text.indexOf(delimiter); at !== -1; at = text.indexOf(delimiter, from)) {
    result.push(text.slice(from, at + 1));
    from = at + 1;
  }
  if (from < text.length) result.push(text.slice(from));
  return result;
}

/** Collects small writes; written when large, when asked, and at the end. */
export class BufferedOutput implements Output {
  readonly #target: Output;
  #text = '';

  constructor(target: Output) {
    this.#target = target;
  }

  get isTTY(): boolean {
    return this.#target.isTTY;
  }

  get columns(): number {
    return this.#target.columns;
  }

  write(data: string | Uint8Array): Promise<void> | void {
    if (typeof data === 'string') {
      this.#text += data;
      return this.#text.length >= 16384 ? this.flush() : undefined;
    }
    const flushed = this.flush();
    return flushed ? flushed.then(() => this.#target.write(data)) : this.#target.write(data);
  }

  flush(): Promise<void> | void {
    if (this.#text === '') return undefined;
    const text = this.#text;
    this.#text = '';
    return this.#target.write(encode(text));
  }
}

/** Input from memory. */
export class BytesInput implements Input {
  readonly isTTY = false;
  #pending: Uint8Array[];

  constructor(bytes: Uint8Array | string) {
    const data = typeof bytes === 'string' ? encode(bytes) : bytes;
    this.#pending = data.length > 0 ? [data] : [];
  }

  read(): Uint8Array | undefined {
    return this.#pending.shift();
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#pending.unshift(bytes);
  }
}
