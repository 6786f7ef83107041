/**
 * TLS (src/crypto/crypto_tls.cc), as far as a page can have it: a client whose connection leaves the container. The browser's fetch
 * encrypts and verifies then (kernel/net/egress.ts); this handle passes plain bytes to the kernel. Everything else is an error with a code.
 */
import type { BindingContext } from '../context.ts';
import { errnoOfName, type ReqWrap } from './handles.ts';
import { StreamBase } from './stream_base.ts';
import type { LibuvStreamWrap } from './stream_wrap.ts';

const NOT_SUPPORTED = ['renegotiate', 'exportKeyingMaterial', 'requestOCSP', 'setOCSPResponse', 'setKeyCert', 'enablePskCallback', 'setPskIdentityHint',
  'enableTrace'] as const;
/** What there is nothing to tell about: the browser keeps its session and certificates to itself. */
const UNKNOWN = ['getSession', 'getTLSTicket', 'getPeerX509Certificate', 'getX509Certificate', 'getFinished', 'getPeerFinished', 'getCertificate',
  'verifyError'] as const;
/** Settings that change nothing for a client whose handshake the browser makes. */
const WITHOUT_EFFECT = ['setVerifyMode', 'enableSessionCallbacks', 'enableKeylogCallback', 'enableCertCb', 'enableALPNCb', 'setALPNProtocols',
  'setSession', 'loadSession', 'endParser', 'newSessionDone', 'certCbDone', 'destroySSL', 'writesIssuedByPrevListenerDone'] as const;

function unsupported(what: string): Error {
  return Object.assign(new Error(`TLS: ${what} is not supported in the container.`), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}

export function create(ctx: BindingContext): Record<string, unknown> {
  class TLSWrap extends StreamBase {
    onhandshakestart: unknown = undefined;
    onhandshakedone: unknown = undefined;
    onerror: unknown = undefined;
    #servername = '';
    readonly #stream: LibuvStreamWrap;

    constructor(stream: LibuvStreamWrap) {
      super(ctx, 'TLSWRAP');
      this.#stream = stream;
      stream.setListener({ data: (bytes) => this.emitData(bytes), end: (status) => this.emitEnd(status) });
    }

    override get fd(): number {
      return this.#stream.fd;
    }

    get writeQueueSize(): number {
      return this.#stream.writeQueueSize;
    }

    override getAsyncId(): number {
      return this.#stream === undefined ? super.getAsyncId() : this.#stream.getAsyncId();
    }

    readStart(): number {
      return this.#stream.readStart();
    }

    readStop(): number {
      return this.#stream.readStop();
    }

    shutdown(req: ReqWrap): number {
      return this.#stream.shutdown(req);
    }

    setServername(name: string): void {
      this.#servername = name;
    }

    getServername(): string {
      return this.#servername;
    }

    /** The kernel's egress takes it from here; it refuses connections inside the container. */
    start(): void {
      try {
        ctx.kernel.call('net.startTls', this.#stream.stream, this.#servername);
      } catch {
        ctx.loop.complete(() => this.makeCallback(this.onerror, [unsupported('a connection inside the container')]));
        return;
      }
      ctx.loop.complete(() => {
        if (!this.#stream.closing) this.makeCallback(this.onhandshakedone, []);
      });
    }

    receive(bytes: Uint8Array): void {
      this.emitData(new Uint8Array(bytes));
    }

    /** True makes Node skip the check of a certificate that only the browser has seen and verified. */
    isSessionReused(): boolean {
      return true;
    }

    getALPNNegotiatedProtocol(): string | false {
      return false;
    }

    getPeerCertificate(): Record<string, never> {
      return {};
    }

    getEphemeralKeyInfo(): Record<string, never> {
      return {};
    }

    getSharedSigalgs(): string[] {
      return [];
    }

    getCipher(): Record<string, never> {
      return {};
    }

    getProtocol(): null {
      return null;
    }

    setMaxSendFragment(): number {
      return 1;
    }

    protected override writeBytes(req: ReqWrap, bytes: Uint8Array): number {
      this.bytesWritten += bytes.length;
      return this.#stream.stream < 0 ? errnoOfName('EBADF') : this.#stream.writeBuffer(req, bytes);
    }
  }
  for (const name of NOT_SUPPORTED) define(TLSWrap.prototype, name, () => { throw unsupported(name); });
  for (const name of UNKNOWN) define(TLSWrap.prototype, name, () => undefined);
  for (const name of WITHOUT_EFFECT) define(TLSWrap.prototype, name, () => undefined);

  const wrap = (stream: LibuvStreamWrap, _context: object, isServer: boolean): TLSWrap => {
    if (isServer) throw unsupported('a server');
    return new TLSWrap(stream);
  };
  return { TLSWrap, wrap, HAVE_SSL_TRACE: 0 };
}

function define(prototype: object, name: string, value: () => unknown): void {
  Object.defineProperty(prototype, name, { configurable: true, writable: true, value });
}
