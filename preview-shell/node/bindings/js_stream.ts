/** A stream handle whose bytes come from JavaScript (src/js_stream.cc); internal/js_stream_socket.js sets its callbacks. */
import type { BindingContext } from '../context.ts';
import { UV_EOF, type ReqWrap } from './handles.ts';
import { StreamBase } from './stream_base.ts';

export function create(ctx: BindingContext): Record<string, unknown> {
  class JSStream extends StreamBase {
    isClosing: unknown = undefined;
    onreadstart: unknown = undefined;
    onreadstop: unknown = undefined;
    onshutdown: unknown = undefined;
    onwrite: unknown = undefined;

    constructor() {
      super(ctx, 'JSSTREAM');
    }

    readStart(): number {
      return Number(this.makeCallback(this.onreadstart, []) ?? 0);
    }

    readStop(): number {
      return Number(this.makeCallback(this.onreadstop, []) ?? 0);
    }

    shutdown(req: ReqWrap): number {
      req.dispatched();
      return Number(this.makeCallback(this.onshutdown, [req]) ?? 0);
    }

    finishWrite(req: ReqWrap, status: number): void {
      req.complete(status, this, undefined);
    }

    finishShutdown(req: ReqWrap, status: number): void {
      req.complete(status, this, undefined);
    }

    readBuffer(bytes: Uint8Array): void {
      this.emitData(new Uint8Array(bytes));
    }

    emitEOF(): void {
      this.emitEnd(UV_EOF);
    }

    protected override writeBytes(req: ReqWrap, bytes: Uint8Array): number {
      this.wrote(bytes.length, true);
      req.dispatched();
      const { Buffer } = ctx.global as { Buffer?: { prototype: object } };
      const chunk: unknown = Buffer === undefined ? bytes : Object.setPrototypeOf(new Uint8Array(bytes), Buffer.prototype);
      const status = Number(this.makeCallback(this.onwrite, [req, [chunk]]) ?? 0);
      // The callback may have written to another stream: the fields are about this write.
      this.wrote(0, true);
      return status;
    }
  }
  return { JSStream };
}
