/** llhttp in WebAssembly: one instance for a thread, made on first use. Pointers are addresses in its memory. */
import { writeBase64 } from '../buffer/encode.ts';
import { LLHTTP_WASM_BASE64 } from './llhttp-wasm.ts';

/** llhttp_errno_t, as far as the parser binding tells them apart. */
export const HPE_OK = 0;
export const HPE_PAUSED = 21;
export const HPE_PAUSED_UPGRADE = 22;
export const HPE_USER = 24;

export interface LlhttpExports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  llhttp_alloc(type: number): number;
  llhttp_free(parser: number): void;
  malloc(bytes: number): number;
  free(pointer: number): void;
  llhttp_execute(parser: number, data: number, length: number): number;
  llhttp_finish(parser: number): number;
  llhttp_pause(parser: number): void;
  llhttp_resume(parser: number): void;
  llhttp_resume_after_upgrade(parser: number): void;
  llhttp_get_error_pos(parser: number): number;
  llhttp_get_error_reason(parser: number): number;
  llhttp_errno_name(errno: number): number;
  llhttp_get_http_major(parser: number): number;
  llhttp_get_http_minor(parser: number): number;
  llhttp_get_method(parser: number): number;
  llhttp_get_status_code(parser: number): number;
  llhttp_get_upgrade(parser: number): number;
  llhttp_should_keep_alive(parser: number): number;
  llhttp_set_lenient_headers(parser: number, on: number): void;
  llhttp_set_lenient_chunked_length(parser: number, on: number): void;
  llhttp_set_lenient_keep_alive(parser: number, on: number): void;
  llhttp_set_lenient_transfer_encoding(parser: number, on: number): void;
  llhttp_set_lenient_version(parser: number, on: number): void;
  llhttp_set_lenient_data_after_close(parser: number, on: number): void;
  llhttp_set_lenient_optional_lf_after_cr(parser: number, on: number): void;
  llhttp_set_lenient_optional_crlf_after_chunk(parser: number, on: number): void;
  llhttp_set_lenient_optional_cr_before_lf(parser: number, on: number): void;
  llhttp_set_lenient_spaces_after_chunk_size(parser: number, on: number): void;
}

/** What one parser is told while it executes. Each answers 0, or an error that stops it. */
export interface LlhttpEvents {
  messageBegin(): number;
  url(text: string): number;
  status(text: string): number;
  headerField(text: string): number;
  headerValue(text: string): number;
  headersComplete(): number;
  body(bytes: Uint8Array<ArrayBuffer>): number;
  messageComplete(): number;
}

const APPLY_LIMIT = 4096;
const platform = { WebAssembly: globalThis.WebAssembly };

export class Llhttp {
  readonly exports: LlhttpExports;
  private readonly parsers = new Map<number, LlhttpEvents>();
  private scratch = 0;
  private scratchSize = 0;
  private scratchBusy = false;

  constructor() {
    const module = new platform.WebAssembly.Module(decodeBase64(LLHTTP_WASM_BASE64));
    const instance = new platform.WebAssembly.Instance(module, { env: this.imports() });
    this.exports = instance.exports as unknown as LlhttpExports;
    this.exports._initialize();
  }

  create(type: number, events: LlhttpEvents): number {
    const parser = this.exports.llhttp_alloc(type);
    this.parsers.set(parser, events);
    return parser;
  }

  destroy(parser: number): void {
    this.parsers.delete(parser);
    this.exports.llhttp_free(parser);
  }

  /** Parses bytes; answers the error and how many bytes were parsed. */
  execute(parser: number, bytes: Uint8Array): { error: number; parsed: number } {
    const nested = this.scratchBusy;
    const at = nested ? this.exports.malloc(bytes.length) : this.room(bytes.length);
    this.scratchBusy = true;
    new Uint8Array(this.exports.memory.buffer, at, bytes.length).set(bytes);
    const error = this.exports.llhttp_execute(parser, at, bytes.length);
    this.scratchBusy = nested;
    const parsed = error === HPE_OK ? bytes.length : this.exports.llhttp_get_error_pos(parser) - at;
    if (nested) this.exports.free(at);
    return { error, parsed };
  }

  /** A C string of the module. */
  text(pointer: number): string {
    if (pointer === 0) return '';
    const memory = new Uint8Array(this.exports.memory.buffer);
    return this.latin1(pointer, memory.indexOf(0, pointer) - pointer);
  }

  private room(bytes: number): number {
    if (bytes > this.scratchSize) {
      if (this.scratch !== 0) this.exports.free(this.scratch);
      this.scratchSize = Math.max(bytes, 64 * 1024);
      this.scratch = this.exports.malloc(this.scratchSize);
    }
    return this.scratch;
  }

  private latin1(at: number, length: number): string {
    const bytes = new Uint8Array(this.exports.memory.buffer, at, length);
    let text = '';
    for (let i = 0; i < length; i += APPLY_LIMIT) text += String.fromCharCode(...bytes.subarray(i, i + APPLY_LIMIT));
    return text;
  }

  private imports(): Record<string, (parser: number, at: number, length: number) => number> {
    const events = (parser: number): LlhttpEvents => {
      const found = this.parsers.get(parser);
      if (found === undefined) throw new Error('llhttp reported for a parser that does not exist');
      return found;
    };
    return {
      wasm_on_message_begin: (p) => events(p).messageBegin(),
      wasm_on_url: (p, at, length) => events(p).url(this.latin1(at, length)),
      wasm_on_status: (p, at, length) => events(p).status(this.latin1(at, length)),
      wasm_on_header_field: (p, at, length) => events(p).headerField(this.latin1(at, length)),
      wasm_on_header_value: (p, at, length) => events(p).headerValue(this.latin1(at, length)),
      wasm_on_headers_complete: (p) => events(p).headersComplete(),
      wasm_on_body: (p, at, length) => events(p).body(new Uint8Array(new Uint8Array(this.exports.memory.buffer, at, length))),
      wasm_on_message_complete: (p) => events(p).messageComplete(),
    };
  }
}

let shared: Llhttp | undefined;

export function llhttp(): Llhttp {
  shared ??= new Llhttp();
  return shared;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((text.length * 3) / 4);
  return bytes.subarray(0, writeBase64(bytes, text));
}
