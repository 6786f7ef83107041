/** What TCP and Pipe share: listening, connecting, accepting (src/connection_wrap.cc). */
import type { KernelEvent } from '../../abi/events.ts';
import { attempt, errnoOfName, type ReqWrap } from './handles.ts';
import { LibuvStreamWrap } from './stream_wrap.ts';

export abstract class ConnectionWrap extends LibuvStreamWrap {
  /** `onconnection(status, client)`; set by Node's JavaScript. */
  onconnection: unknown = undefined;
  #listening = false;
  #reads = false;
  #connecting: ReqWrap | undefined;
  #bindError = 0;

  listen(backlog: number): number {
    if (this.#bindError !== 0) return this.#bindError;
    const status = attempt(() => this.bindingContext.kernel.call('net.listen', this.stream, backlog));
    if (status !== 0) return status;
    this.#listening = true;
    this.setActive(true);
    return 0;
  }

  /** A handle of the same kind for a connection that has come. */
  protected abstract accepted(): ConnectionWrap;

  /** Runs `call` with the stream number of this handle's socket, which is made on first use. */
  protected withSocket(kind: 'tcp' | 'unix', call: (stream: number) => unknown): number {
    return attempt(() => {
      if (this.stream < 0) this.adopt(this.bindingContext.kernel.call('net.socket', kind) as number);
      call(this.stream);
    });
  }

  /** libuv tells of an address in use when the socket listens or connects, not before (uv__tcp_bind). */
  protected bindWith(kind: 'tcp' | 'unix', call: (stream: number) => unknown): number {
    const status = this.withSocket(kind, call);
    if (kind === 'unix' || status !== errnoOfName('EADDRINUSE')) return status;
    this.#bindError = status;
    return 0;
  }

  protected connectWith(req: ReqWrap, kind: 'tcp' | 'unix', call: (stream: number) => unknown): number {
    if (this.#connecting !== undefined) return errnoOfName('EALREADY');
    const status = this.#bindError === 0 ? this.withSocket(kind, call) : this.#bindError;
    if (status !== 0) return status;
    req.dispatched();
    this.#connecting = req;
    return 0;
  }

  protected override handle(event: KernelEvent & { fd: number; stream: number }): void {
    if (event.type === 'connection') this.#accept(event.accepted);
    else if (event.type === 'connect') this.#connected(event.error === undefined ? 0 : errnoOfName(event.error));
    else super.handle(event);
  }

  protected override updateActive(reading: boolean): void {
    this.#reads = reading;
    this.setActive(this.#reads || this.#listening);
  }

  protected override closed(): void {
    super.closed();
    this.#listening = false;
    const connecting = this.#connecting;
    this.#connecting = undefined;
    if (connecting !== undefined) this.bindingContext.loop.enqueue(() => connecting.complete(errnoOfName('ECANCELED'), this, connecting, false, false));
  }

  #accept(fd: number): void {
    const client = this.accepted();
    const status = attempt(() => client.adopt(fd));
    // EBADF: the process has closed the descriptor behind the handle's back.
    if (status === 0) this.makeCallback(this.onconnection, [0, client]);
  }

  #connected(status: number): void {
    const req = this.#connecting;
    this.#connecting = undefined;
    req?.complete(status, this, req, status === 0, status === 0);
  }
}
