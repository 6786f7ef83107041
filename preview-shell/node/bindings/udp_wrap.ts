/** UDP (src/udp_wrap.cc): a browser has none, so every use of a socket is ENOTSUP, which `dgram` emits as an error. */
import type { BindingContext } from '../context.ts';
import { errnoOfName, HandleWrap, ReqWrap } from './handles.ts';

const UNSUPPORTED = ['open', 'bind', 'bind6', 'connect', 'connect6', 'disconnect', 'send', 'send6', 'recvStart', 'recvStop', 'getpeername', 'getsockname',
  'addMembership', 'dropMembership', 'addSourceSpecificMembership', 'dropSourceSpecificMembership', 'setMulticastInterface', 'setMulticastTTL',
  'setMulticastLoopback', 'setBroadcast', 'setTTL', 'bufferSize'] as const;

export function create(ctx: BindingContext): Record<string, unknown> {
  class UDP extends HandleWrap {
    constructor() {
      super(ctx, 'UDPWRAP');
    }

    get fd(): number {
      return -1;
    }

    getSendQueueSize(): number {
      return 0;
    }

    getSendQueueCount(): number {
      return 0;
    }
  }
  for (const name of UNSUPPORTED) {
    Object.defineProperty(UDP.prototype, name, { configurable: true, writable: true, value: () => errnoOfName('ENOTSUP') });
  }

  class SendWrap extends ReqWrap {
    constructor() {
      super(ctx, 'UDPSENDWRAP');
    }
  }

  return { UDP, SendWrap, constants: { UV_UDP_IPV6ONLY: 1, UV_UDP_REUSEADDR: 4, UV_UDP_REUSEPORT: 64 } };
}
