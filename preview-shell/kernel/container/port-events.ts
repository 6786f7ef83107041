/** `port` and `server-ready` of @webcontainer/api. */
import type { LoopbackNetwork } from '../net/network.ts';

export interface PortListeners {
  port(port: number, state: 'open' | 'close', url: string): void;
  serverReady(port: number, url: string): void;
}

/** A server is ready when it has listened for this long: Vite 8 listens and closes three times before it serves. */
const SETTLE_MS = 30;

/** @returns what ends it */
export function watchPorts(network: LoopbackNetwork, urlOf: (port: number) => string, listeners: PortListeners): () => void {
  const settling = new Map<number, ReturnType<typeof setTimeout>>();
  const open = new Set<number>();
  const stopOpen = network.onListen(({ port }) => {
    clearTimeout(settling.get(port));
    settling.set(port, setTimeout(() => {
      settling.delete(port);
      if (!open.has(port)) listeners.port(port, 'open', urlOf(port));
      open.add(port);
      listeners.serverReady(port, urlOf(port));
    }, SETTLE_MS));
  });
  const stopClose = network.onClose(({ port }) => {
    clearTimeout(settling.get(port));
    settling.delete(port);
    if (open.delete(port)) listeners.port(port, 'close', urlOf(port));
  });
  return () => {
    stopOpen();
    stopClose();
    for (const timer of settling.values()) clearTimeout(timer);
  };
}
