/** Pipes and local sockets (src/pipe_wrap.cc). */
import type { BindingContext } from '../context.ts';
import { errnoOfName, ReqWrap } from './handles.ts';
import { ConnectionWrap } from './connection_wrap.ts';
import { openDescriptor } from './stream_wrap.ts';

const SOCKET = 0;
const SERVER = 1;
const IPC = 2;
const UV_READABLE = 1;
const UV_WRITABLE = 2;

export function create(ctx: BindingContext): Record<string, unknown> {
  class Pipe extends ConnectionWrap {
    /** A handle that came over an IPC channel: none ever does, descriptors are not sent. */
    pendingHandle: undefined = undefined;

    constructor(type: number) {
      super(ctx, type === SERVER ? 'PIPESERVERWRAP' : 'PIPEWRAP');
    }

    open(fd: number): number {
      return openDescriptor(this, fd);
    }

    bind(path: string): number {
      return this.bindWith('unix', (stream) => ctx.kernel.call('net.bindPath', stream, path));
    }

    connect(req: ReqWrap, path: string): number {
      return this.connectWith(req, 'unix', (stream) => ctx.kernel.call('net.connectPath', stream, path));
    }

    fchmod(_mode: number): number {
      return this.fd < 0 ? errnoOfName('EBADF') : 0;
    }

    protected override accepted(): ConnectionWrap {
      return new Pipe(SOCKET);
    }
  }

  class PipeConnectWrap extends ReqWrap {
    constructor() {
      super(ctx, 'PIPECONNECTWRAP');
    }
  }

  return { Pipe, PipeConnectWrap, constants: { SOCKET, SERVER, IPC, UV_READABLE, UV_WRITABLE } };
}
