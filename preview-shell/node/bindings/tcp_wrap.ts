/** TCP sockets (src/tcp_wrap.cc). */
import type { BindingContext } from '../context.ts';
import { attempt, errnoOfName, ReqWrap } from './handles.ts';
import { ConnectionWrap } from './connection_wrap.ts';
import { openDescriptor } from './stream_wrap.ts';

const SOCKET = 0;
const SERVER = 1;
const UV_TCP_IPV6ONLY = 1;
const UV_TCP_REUSEPORT = 2;

interface AddressOut {
  address?: string;
  family?: string;
  port?: number;
}

export function create(ctx: BindingContext): Record<string, unknown> {
  class TCP extends ConnectionWrap {
    constructor(type: number) {
      super(ctx, type === SERVER ? 'TCPSERVERWRAP' : 'TCPWRAP');
    }

    open(fd: number): number {
      return openDescriptor(this, fd);
    }

    bind(address: string, port: number): number {
      return this.bind6(address, port, 0);
    }

    bind6(address: string, port: number, flags = 0): number {
      return this.bindWith('tcp', (stream) => ctx.kernel.call('net.bind', stream, address, port, (flags & UV_TCP_IPV6ONLY) !== 0));
    }

    /** Node calls it with a port for TCP and without for what came from a descriptor. */
    connect(req: ReqWrap, address: string, port: number): number {
      return this.connectWith(req, 'tcp', (stream) => ctx.kernel.call('net.connect', stream, address, port));
    }

    connect6(req: ReqWrap, address: string, port: number): number {
      return this.connect(req, address, port);
    }

    getsockname(out: AddressOut): number {
      return this.#name('net.getsockname', out);
    }

    getpeername(out: AddressOut): number {
      return this.#name('net.getpeername', out);
    }

    /** Loopback has no Nagle delay. */
    setNoDelay(): number {
      return this.stream < 0 ? errnoOfName('EBADF') : 0;
    }

    /** A loopback connection ends with its peer: there is nothing to probe. */
    setKeepAlive(): number {
      return this.stream < 0 ? errnoOfName('EBADF') : 0;
    }

    setSimultaneousAccepts(): number {
      return 0;
    }

    /** Closes with RST (uv_tcp_close_reset). */
    reset(callback: unknown): number {
      if (this.closing) return errnoOfName('EINVAL');
      const status = attempt(() => ctx.kernel.call('net.reset', this.stream));
      this.close(callback);
      return status;
    }

    protected override accepted(): ConnectionWrap {
      return new TCP(SOCKET);
    }

    #name(call: string, out: AddressOut): number {
      return attempt(() => {
        const [address, port] = ctx.kernel.call(call, this.stream) as [string, number];
        out.address = address;
        out.family = address.includes(':') ? 'IPv6' : 'IPv4';
        out.port = port;
      });
    }
  }

  class TCPConnectWrap extends ReqWrap {
    constructor() {
      super(ctx, 'TCPCONNECTWRAP');
    }
  }

  return { TCP, TCPConnectWrap, constants: { SOCKET, SERVER, UV_TCP_IPV6ONLY, UV_TCP_REUSEPORT } };
}
