/**
 * Response parser: llhttp, Node's own HTTP parser, in the WebAssembly build that undici ships.
 * One instance of the module serves all parsers; a parser is a C struct in its memory.
 */
import wasmBytes from 'undici/lib/llhttp/llhttp_simd-wasm.js';
import type { HeaderList } from '../../../../shared/protocol/preview-channel.ts';

/** `enum llhttp_type` and `enum llhttp_errno` (llhttp.h). */
const TYPE_RESPONSE = 2;
const OK = 0;
const PAUSED = 21;
const PAUSED_UPGRADE = 22;
/** What `on_headers_complete` returns: 1 skips the body (a response to HEAD), 2 also says that the connection changes protocol. */
const HAS_BODY = 0;
const SKIP_BODY = 1;
const IS_UPGRADE = 2;

const INPUT_BYTES = 64 * 1024;
/** Header section of one response (Node's own default for a client is 16 KiB; dev servers send large cookies and CSPs). */
const MAX_HEADER_BYTES = 256 * 1024;

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  malloc(size: number): number;
  free(pointer: number): void;
  llhttp_alloc(type: number): number;
  llhttp_free(parser: number): void;
  llhttp_execute(parser: number, data: number, length: number): number;
  llhttp_finish(parser: number): number;
  llhttp_get_error_pos(parser: number): number;
  llhttp_get_error_reason(parser: number): number;
}

export interface ResponseHead {
  status: number;
  statusText: string;
  headers: HeaderList;
  /** The connection may carry another request after this response. */
  keepAlive: boolean;
}

export interface ResponseEvents {
  /** An interim response (1xx other than 101). */
  interim(head: ResponseHead): void;
  head(head: ResponseHead): void;
  /** A view of the input: valid during the call only. */
  body(bytes: Uint8Array): void;
  complete(trailers: HeaderList): void;
}

export class HttpParseError extends Error {
  constructor(reason: string) {
    super(`The server's answer is not HTTP/1.1: ${reason}`);
    this.name = 'HttpParseError';
  }
}

let shared: { exports: Exports; input: number } | undefined;
let current: ResponseParser | undefined;

function instance(): { exports: Exports; input: number } {
  if (shared) return shared;
  const text = (at: number, length: number) => readLatin1(new Uint8Array(exports.memory.buffer, at, length));
  const active = () => {
    if (!current) throw new Error('llhttp called back with no parser running');
    return current;
  };
  const env = {
    wasm_on_message_begin: () => active().onBegin(),
    wasm_on_url: () => OK,
    wasm_on_status: (_: number, at: number, length: number) => active().onStatus(text(at, length)),
    wasm_on_header_field: (_: number, at: number, length: number) => active().onField(text(at, length)),
    wasm_on_header_value: (_: number, at: number, length: number) => active().onValue(text(at, length)),
    wasm_on_headers_complete: (_: number, status: number, upgrade: number, keepAlive: number) =>
      active().onHeadersComplete(status, upgrade === 1, keepAlive === 1),
    wasm_on_body: (_: number, at: number, length: number) => active().onBody(new Uint8Array(exports.memory.buffer, at, length)),
    wasm_on_message_complete: () => active().onComplete(),
  };
  const module = new WebAssembly.Module(wasmBytes);
  // The module's exports are what undici's own client relies on; the shape is checked by the tests against a real server.
  const exports = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
  exports._initialize();
  shared = { exports, input: exports.malloc(INPUT_BYTES) };
  return shared;
}

function readLatin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Parses the responses of one connection, one after another. */
export class ResponseParser {
  private readonly parser: number;
  private readonly events: ResponseEvents;
  private field = '';
  private value = '';
  private inValue = false;
  private statusText = '';
  private headers: HeaderList = [];
  private headerBytes = 0;
  private interim = false;
  private afterHead = false;
  private fault: string | undefined;
  private freed = false;
  private unwanted = false;
  private running = 0;
  /** Set before each request: a response to HEAD has no body (RFC 9112 section 6.3). */
  expectsBody = true;

  constructor(events: ResponseEvents) {
    this.events = events;
    this.parser = instance().exports.llhttp_alloc(TYPE_RESPONSE);
  }

  /**
   * Takes bytes of the connection. Returns those that follow an upgrade (RFC 9110 section 7.8), which are no HTTP, else undefined.
   * @throws {HttpParseError}
   */
  execute(bytes: Uint8Array): Uint8Array | undefined {
    for (let at = 0; at < bytes.length && !this.unwanted; at += INPUT_BYTES) {
      const rest = this.executePart(bytes.subarray(at, at + INPUT_BYTES));
      if (rest !== undefined) return bytes.subarray(at + rest);
    }
    return undefined;
  }

  /** @returns offset in `part` of the first byte after an upgrade, if there was one. */
  private executePart(part: Uint8Array): number | undefined {
    const { exports, input } = instance();
    const previous = current;
    // A callback of another parser may have led here: its input is still being read.
    const at = previous === undefined ? input : exports.malloc(part.length);
    new Uint8Array(exports.memory.buffer, at, part.length).set(part);
    current = this;
    this.running++;
    try {
      const result = exports.llhttp_execute(this.parser, at, part.length);
      if (this.fault !== undefined) throw new HttpParseError(this.fault);
      if (result === PAUSED_UPGRADE) return exports.llhttp_get_error_pos(this.parser) - at;
      if (result !== OK && result !== PAUSED) throw this.error();
      return undefined;
    } finally {
      current = previous;
      this.running--;
      if (at !== input) exports.free(at);
      this.release();
    }
  }

  /**
   * The server has ended its side: completes a response that runs until then.
   * @throws {HttpParseError} when a response is cut off.
   */
  finish(): void {
    const previous = current;
    current = this;
    this.running++;
    try {
      if (instance().exports.llhttp_finish(this.parser) !== OK) throw this.error();
    } finally {
      current = previous;
      this.running--;
      this.release();
    }
  }

  /** May be called from an event: the struct goes when llhttp has returned. */
  free(): void {
    this.unwanted = true;
    this.release();
  }

  private release(): void {
    if (!this.unwanted || this.freed || this.running > 0) return;
    this.freed = true;
    instance().exports.llhttp_free(this.parser);
  }

  private error(): HttpParseError {
    const { exports } = instance();
    const memory = new Uint8Array(exports.memory.buffer);
    const at = exports.llhttp_get_error_reason(this.parser);
    return new HttpParseError(at === 0 ? 'unknown reason' : readLatin1(memory.subarray(at, memory.indexOf(0, at))));
  }

  onBegin(): number {
    this.headers = [];
    this.statusText = '';
    this.headerBytes = 0;
    this.afterHead = false;
    return OK;
  }

  onStatus(text: string): number {
    this.statusText += text;
    return OK;
  }

  onField(text: string): number {
    if (this.inValue) this.pushHeader();
    this.field += text;
    return this.count(text.length);
  }

  onValue(text: string): number {
    this.inValue = true;
    this.value += text;
    return this.count(text.length);
  }

  onHeadersComplete(status: number, upgrade: boolean, keepAlive: boolean): number {
    if (this.inValue) this.pushHeader();
    const head = { status, statusText: this.statusText, headers: this.headers, keepAlive };
    this.headers = [];
    this.interim = status >= 100 && status < 200 && status !== 101;
    if (this.interim) this.events.interim(head);
    else {
      this.afterHead = true;
      this.events.head(head);
    }
    if (upgrade && status === 101) return IS_UPGRADE;
    return this.expectsBody || this.interim ? HAS_BODY : SKIP_BODY;
  }

  onBody(bytes: Uint8Array): number {
    this.events.body(bytes);
    return OK;
  }

  onComplete(): number {
    if (this.interim || !this.afterHead) return OK;
    if (this.inValue) this.pushHeader();
    this.events.complete(this.headers);
    return OK;
  }

  private pushHeader(): void {
    this.headers.push([this.field, this.value.trimEnd()]);
    this.field = '';
    this.value = '';
    this.inValue = false;
  }

  private count(bytes: number): number {
    this.headerBytes += bytes;
    if (this.headerBytes <= MAX_HEADER_BYTES) return OK;
    this.fault = `more than ${MAX_HEADER_BYTES} bytes of headers`;
    return -1;
  }
}
