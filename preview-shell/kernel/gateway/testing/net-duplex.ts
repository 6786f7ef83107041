/** For tests: a `GatewayNetwork` whose ports are real TCP ports of this machine, so that the gateway meets Node's own servers. */
import net from 'node:net';
import type { ByteDuplex, DuplexReceiver, GatewayNetwork } from '../duplex.ts';

class NetDuplex implements ByteDuplex {
  private readonly socket: net.Socket;
  private unacknowledged = 0;

  constructor(socket: net.Socket) {
    this.socket = socket;
  }

  start(receiver: DuplexReceiver): void {
    this.socket.on('data', (bytes: Buffer) => {
      this.unacknowledged += bytes.length;
      if (this.unacknowledged > 256 * 1024) this.socket.pause();
      receiver.data(new Uint8Array(bytes));
    });
    this.socket.on('end', () => receiver.end());
    this.socket.on('drain', () => receiver.drain());
    this.socket.on('error', (error: NodeJS.ErrnoException) => receiver.error(error.code ?? 'EIO'));
  }

  write(bytes: Uint8Array<ArrayBuffer>): boolean {
    return this.socket.write(bytes);
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  acknowledge(bytes: number): void {
    this.unacknowledged -= bytes;
    if (this.unacknowledged <= 256 * 1024) this.socket.resume();
  }
}

/** Ports of the container, each at a port of this machine. */
export class NetNetwork implements GatewayNetwork {
  private readonly ports = new Map<number, number>();
  private readonly waiting = new Set<() => void>();
  connections = 0;

  listen(port: number, real: number): void {
    this.ports.set(port, real);
    for (const wake of this.waiting) wake();
  }

  close(port: number): void {
    this.ports.delete(port);
  }

  connectInternal(port: number): ByteDuplex | undefined {
    const real = this.ports.get(port);
    if (real === undefined) return undefined;
    this.connections++;
    return new NetDuplex(net.connect({ port: real, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }));
  }

  whenListening(port: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!this.ports.has(port)) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      signal.addEventListener('abort', () => {
        this.waiting.delete(look);
        reject(signal.reason as Error);
      });
      look();
    });
  }
}
