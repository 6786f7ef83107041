import { SysError } from '../../abi/errno.ts';
import type { StreamReader } from '../descriptors/open-file.ts';
import type { ByteDuplex, DuplexReceiver } from '../gateway/duplex.ts';
import type { Socket } from './socket.ts';

/** A socket as the kernel's own clients use it. A write after the peer is gone reports through the receiver. */
export function duplexOf(socket: Socket): ByteDuplex {
  let receiver: DuplexReceiver | undefined;
  let reader: StreamReader | undefined;
  let over = false;
  const fail = (code: string): void => {
    if (over) return;
    over = true;
    receiver?.error(code);
  };
  return {
    start(to) {
      receiver = to;
      reader = socket.readStart({
        data: (bytes) => {
          if (over) return;
          if (bytes === null) to.end();
          else to.data(bytes);
        },
        error: fail,
      });
    },
    write(bytes) {
      if (over) return false;
      try {
        return socket.writeQueued(bytes, (error) => (error === undefined ? receiver?.drain() : fail(error)));
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
        const { code } = error;
        queueMicrotask(() => fail(code));
        return false;
      }
    },
    end: () => socket.shutdown(),
    destroy() {
      over = true;
      reader?.stop();
      socket.reset();
    },
    acknowledge: (bytes) => reader?.acknowledge(bytes),
  };
}
