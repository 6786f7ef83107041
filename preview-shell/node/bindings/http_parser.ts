/** Node's HTTP/1 parser object over llhttp (src/node_http_parser.cc). */
import type { BindingContext } from '../context.ts';
import { AsyncWrap } from './handles.ts';
import { ConnectionsList, monotonicNow, type TrackedConnection } from './http-parser/connections.ts';
import { HPE_OK, HPE_PAUSED_UPGRADE, HPE_USER, llhttp, type LlhttpEvents, type LlhttpExports } from './http-parser/llhttp.ts';
import { MessageHead } from './http-parser/message.ts';
import { ALL_METHODS, METHODS } from './http-parser/methods.ts';
import type { LibuvStreamWrap } from './stream_wrap.ts';

const REQUEST = 1;
const RESPONSE = 2;
/** The parser object carries its callbacks at these indices. */
const ON_MESSAGE_BEGIN = 0;
const ON_HEADERS = 1;
const ON_HEADERS_COMPLETE = 2;
const ON_BODY = 3;
const ON_MESSAGE_COMPLETE = 4;
const ON_EXECUTE = 5;
const ON_TIMEOUT = 6;
/** `--max-http-header-size` */
const DEFAULT_MAX_HEADER_BYTES = 16 * 1024;

type LenientSetter = Extract<keyof LlhttpExports, `llhttp_set_lenient_${string}`>;
const LENIENT: Readonly<Record<string, readonly [bit: number, set: LenientSetter]>> = {
  kLenientHeaders: [1, 'llhttp_set_lenient_headers'],
  kLenientChunkedLength: [2, 'llhttp_set_lenient_chunked_length'],
  kLenientKeepAlive: [4, 'llhttp_set_lenient_keep_alive'],
  kLenientTransferEncoding: [8, 'llhttp_set_lenient_transfer_encoding'],
  kLenientVersion: [16, 'llhttp_set_lenient_version'],
  kLenientDataAfterClose: [32, 'llhttp_set_lenient_data_after_close'],
  kLenientOptionalLFAfterCR: [64, 'llhttp_set_lenient_optional_lf_after_cr'],
  kLenientOptionalCRLFAfterChunk: [128, 'llhttp_set_lenient_optional_crlf_after_chunk'],
  kLenientOptionalCRBeforeLF: [256, 'llhttp_set_lenient_optional_cr_before_lf'],
  kLenientSpacesAfterChunkSize: [512, 'llhttp_set_lenient_spaces_after_chunk_size'],
};
const LENIENT_ALL = 1023;

/** What `execute` answers for bytes that are no HTTP. */
interface ParseError extends Error {
  code: string;
  reason: string;
  bytesParsed: number;
}

class Parser extends AsyncWrap implements TrackedConnection, LlhttpEvents {
  messageStart = 0;
  headersCompleted = false;
  #parser = 0;
  #type = 0;
  #maxHeaderBytes = DEFAULT_MAX_HEADER_BYTES;
  readonly #head = new MessageHead();
  #connections: ConnectionsList | undefined;
  #thrown: { error: unknown } | undefined;
  #userError: { code: string; reason: string } | undefined;
  #depth = 0;
  #pendingPause: boolean | undefined;
  #current: Uint8Array | undefined;
  #consumed: LibuvStreamWrap | undefined;

  constructor(ctx: BindingContext) {
    super(ctx, 'HTTPINCOMINGMESSAGE');
  }

  initialize(type: number, resource: object, maxHeaderSize = 0, lenient = 0, connections?: ConnectionsList): void {
    if (type !== REQUEST && type !== RESPONSE) throw new TypeError('The parser type must be REQUEST or RESPONSE.');
    this.asyncReset(resource, type === REQUEST ? 'HTTPINCOMINGMESSAGE' : 'HTTPCLIENTREQUEST');
    this.#destroy();
    const { exports } = llhttp();
    this.#parser = llhttp().create(type, this);
    for (const [bit, set] of Object.values(LENIENT)) if ((lenient & bit) !== 0) exports[set](this.#parser, 1);
    this.#type = type;
    this.#maxHeaderBytes = maxHeaderSize > 0 ? maxHeaderSize : DEFAULT_MAX_HEADER_BYTES;
    this.#head.begin();
    this.#head.size = 0;
    this.#head.flushed = false;
    this.headersCompleted = false;
    if (connections === undefined || connections === null) return;
    // Counts from the connection on, so that one that never sends anything is late too.
    this.#connections = connections;
    this.messageStart = monotonicNow();
    connections.add(this);
    connections.activate(this);
  }

  /** Bytes parsed, or the error. */
  execute(bytes: Uint8Array): number | ParseError {
    return this.#execute(bytes);
  }

  /** The connection has ended: an error when that cuts a message. */
  finish(): ParseError | undefined {
    const error = this.#run(() => llhttp().exports.llhttp_finish(this.#parser));
    return error === HPE_OK ? undefined : this.#error(error, 0);
  }

  pause(): void {
    if (this.#depth > 0) this.#pendingPause = true;
    else llhttp().exports.llhttp_pause(this.#parser);
  }

  resume(): void {
    if (this.#depth > 0) this.#pendingPause = false;
    else llhttp().exports.llhttp_resume(this.#parser);
  }

  /** Reads from the stream itself instead of through its `onread`. */
  consume(stream: LibuvStreamWrap): void {
    this.#consumed = stream;
    stream.setListener({
      data: (bytes) => this.#read(bytes),
      end: (status) => stream.callOnread(status, undefined, 0),
    });
  }

  unconsume(): void {
    this.#consumed?.setListener(undefined);
    this.#consumed = undefined;
  }

  getCurrentBuffer(): Uint8Array {
    return toBuffer(this.bindingContext, new Uint8Array(this.#current ?? new Uint8Array(0)));
  }

  /** Takes it off its server's list. */
  remove(): void {
    this.#connections?.remove(this);
  }

  free(): void {}

  close(): void {
    this.remove();
    this.#destroy();
  }

  messageBegin(): number {
    this.#head.begin();
    this.headersCompleted = false;
    this.messageStart = monotonicNow();
    this.#connections?.activate(this);
    return this.#call(ON_MESSAGE_BEGIN, []) === undefined ? HPE_USER : 0;
  }

  url(text: string): number {
    this.#head.url += text;
    return this.#track(text.length);
  }

  status(text: string): number {
    this.#head.statusMessage += text;
    return this.#track(text.length);
  }

  headerField(text: string): number {
    if (this.#track(text.length) !== 0) return HPE_USER;
    if (!this.#head.field(text)) return 0;
    if (!this.#flush()) return HPE_USER;
    this.#head.field(text);
    return 0;
  }

  headerValue(text: string): number {
    this.#head.value(text);
    return this.#track(text.length);
  }

  /** 1: the message has no body; 2: nor is there anything after it (CONNECT); -1: the callback threw. */
  headersComplete(): number {
    const { exports } = llhttp();
    const parser = this.#parser;
    this.headersCompleted = true;
    this.#head.size = 0;
    let headers: string[] | undefined;
    if (this.#head.flushed) {
      if (!this.#flush()) return -1;
    } else headers = this.#head.take();
    const request = this.#type === REQUEST;
    const answer = this.#call(ON_HEADERS_COMPLETE, [
      exports.llhttp_get_http_major(parser), exports.llhttp_get_http_minor(parser), headers,
      request ? exports.llhttp_get_method(parser) : undefined,
      request && headers !== undefined ? this.#head.url : undefined,
      request ? undefined : exports.llhttp_get_status_code(parser),
      request ? undefined : this.#head.statusMessage,
      exports.llhttp_get_upgrade(parser) !== 0, exports.llhttp_should_keep_alive(parser) !== 0,
    ]);
    return answer === undefined ? -1 : Number(answer.value ?? 0) | 0;
  }

  body(bytes: Uint8Array<ArrayBuffer>): number {
    if (bytes.length === 0) return 0;
    return this.#call(ON_BODY, [toBuffer(this.bindingContext, bytes)]) === undefined ? HPE_USER : 0;
  }

  messageComplete(): number {
    this.messageStart = 0;
    this.#connections?.deactivate(this);
    // What is left are trailers.
    if (this.#head.pending && !this.#flush()) return -1;
    return this.#call(ON_MESSAGE_COMPLETE, []) === undefined ? -1 : 0;
  }

  #read(bytes: Uint8Array): void {
    const result = this.#execute(bytes);
    this.#current = bytes;
    const callback = (this as Record<number, unknown>)[ON_EXECUTE];
    try {
      if (typeof callback === 'function') this.runInContext(callback as never, [result]);
    } finally {
      this.#current = undefined;
    }
  }

  #execute(bytes: Uint8Array): number | ParseError {
    this.#current = bytes;
    let parsed = 0;
    const error = this.#run(() => {
      const result = llhttp().execute(this.#parser, bytes);
      parsed = result.parsed;
      return result.error;
    });
    const { exports } = llhttp();
    if (error === HPE_PAUSED_UPGRADE) {
      exports.llhttp_resume_after_upgrade(this.#parser);
      return parsed;
    }
    return error !== HPE_OK && exports.llhttp_get_upgrade(this.#parser) === 0 ? this.#error(error, parsed) : parsed;
  }

  /** Runs llhttp; what a callback threw comes out here, past the WebAssembly frames. */
  #run(parse: () => number): number {
    this.#thrown = undefined;
    this.#userError = undefined;
    this.#depth++;
    const error = parse();
    this.#depth--;
    if (this.#depth === 0 && this.#pendingPause !== undefined) {
      const pause = this.#pendingPause;
      this.#pendingPause = undefined;
      if (pause) llhttp().exports.llhttp_pause(this.#parser);
      else llhttp().exports.llhttp_resume(this.#parser);
    }
    this.#current = undefined;
    const thrown = this.#thrown as { error: unknown } | undefined;
    if (thrown !== undefined) throw thrown.error;
    return error;
  }

  #error(error: number, parsed: number): ParseError {
    const wasm = llhttp();
    const { code, reason } = this.#userError ?? {
      code: wasm.text(wasm.exports.llhttp_errno_name(error)),
      reason: wasm.text(wasm.exports.llhttp_get_error_reason(this.#parser)),
    };
    return Object.assign(new Error('Parse Error'), { bytesParsed: parsed, code, reason });
  }

  #track(bytes: number): number {
    this.#head.size += bytes;
    if (this.#head.size < this.#maxHeaderBytes) return 0;
    this.#userError = { code: 'HPE_HEADER_OVERFLOW', reason: 'Header overflow' };
    return HPE_USER;
  }

  #flush(): boolean {
    const { url } = this.#head;
    this.#head.url = '';
    this.#head.flushed = true;
    return this.#call(ON_HEADERS, [this.#head.take(), url]) !== undefined;
  }

  /** Calls back into JavaScript; undefined when it threw. */
  #call(index: number, args: readonly unknown[]): { value: unknown } | undefined {
    const callback = (this as Record<number, unknown>)[index];
    if (typeof callback !== 'function') return { value: undefined };
    try {
      return { value: this.runInContext(callback as never, args) };
    } catch (error) {
      this.#thrown = { error };
      return undefined;
    }
  }

  #destroy(): void {
    if (this.#parser !== 0) llhttp().destroy(this.#parser);
    this.#parser = 0;
  }
}

function toBuffer(ctx: BindingContext, bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  const { Buffer } = ctx.global as { Buffer?: { prototype: object } };
  return Buffer === undefined ? bytes : (Object.setPrototypeOf(bytes, Buffer.prototype) as Uint8Array);
}

export function create(ctx: BindingContext): Record<string, unknown> {
  class HTTPParser extends Parser {
    constructor() {
      super(ctx);
    }
  }
  Object.assign(HTTPParser, {
    REQUEST, RESPONSE,
    kOnMessageBegin: ON_MESSAGE_BEGIN, kOnHeaders: ON_HEADERS, kOnHeadersComplete: ON_HEADERS_COMPLETE, kOnBody: ON_BODY,
    kOnMessageComplete: ON_MESSAGE_COMPLETE, kOnExecute: ON_EXECUTE, kOnTimeout: ON_TIMEOUT, kLenientNone: 0,
    ...Object.fromEntries(Object.entries(LENIENT).map(([name, [bit]]) => [name, bit])),
    kLenientAll: LENIENT_ALL,
  });
  return { HTTPParser, ConnectionsList, methods: METHODS, allMethods: ALL_METHODS };
}
