/**
 * A connection to a server of the container, as the gateway uses it. `LoopbackNetwork.connectInternal` in kernel/net gives one.
 */
export interface ByteDuplex {
  /** Begins delivery. Called once. */
  start(receiver: DuplexReceiver): void;
  /** Queues bytes. False: wait for `DuplexReceiver.drain` before writing more. The array belongs to the duplex from then on. */
  write(bytes: Uint8Array<ArrayBuffer>): boolean;
  /** No more will be written (FIN). */
  end(): void;
  /** Drops the connection (RST) and everything queued. Nothing is delivered afterwards. */
  destroy(): void;
  /** `bytes` that were delivered are done with: as many more may come. */
  acknowledge(bytes: number): void;
}

export interface DuplexReceiver {
  data(bytes: Uint8Array): void;
  /** The server has ended its side. */
  end(): void;
  /** Broken; `code` is an errno name. Nothing follows. */
  error(code: string): void;
  drain(): void;
}

/** The container's loopback network, as far as the gateway needs it. */
export interface GatewayNetwork {
  /** Undefined when nothing listens on the port. */
  connectInternal(port: number): ByteDuplex | undefined;
  /** Resolves when a server listens on the port, at once if one does; rejects with the signal's reason. */
  whenListening(port: number, signal: AbortSignal): Promise<void>;
}
