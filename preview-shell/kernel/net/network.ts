/** TCP on loopback and local sockets, all inside the kernel: the container's only transport. */
import { SysError } from '../../abi/errno.ts';
import type { ByteDuplex, GatewayNetwork } from '../gateway/duplex.ts';
import { ANY_V4, ANY_V6, canonical, destination, isAny, isLoopback, isV6, LOOPBACK_V4, LOOPBACK_V6, type Endpoint } from './address.ts';
import { duplexOf } from './duplex.ts';
import { HostNames } from './host-names.ts';
import { PortTable, type Bound } from './port-table.ts';
import { Socket, type AcceptListener } from './socket.ts';

export interface PortEvent {
  port: number;
  address: string;
  /** The process that listens. */
  pid: number;
}

/** Serves connections that leave the container. */
export interface Egress {
  /** True when it took the connection: it is the peer of `socket` from then on. */
  connect(socket: Socket, to: Endpoint & { host: string }): boolean;
  /** The program has begun TLS on the connection; false when it is none of this egress. */
  startTls(socket: Socket, servername: string): boolean;
}

interface Binding extends Bound {
  readonly socket: Socket;
}

type PortListener = (event: PortEvent) => void;

export class LoopbackNetwork implements GatewayNetwork {
  /** Names that programs looked up, by the virtual address that stands for each. */
  readonly names = new HostNames();
  egress: Egress | undefined;
  private readonly ports = new PortTable<Binding>();
  private readonly bindings = new Map<Socket, Binding>();
  private readonly paths = new Map<string, Socket>();
  private readonly listeners = { open: new Set<PortListener>(), close: new Set<PortListener>() };

  socket(kind: 'tcp' | 'unix', pid: number): Socket {
    return new Socket(kind, pid, { closed: (socket) => this.forget(socket) });
  }

  /** bind(2); port 0 picks a free one. @throws {SysError} EADDRINUSE, EADDRNOTAVAIL, EINVAL */
  bind(socket: Socket, address: string, port: number, v6Only = false): void {
    if (socket.local !== undefined) throw new SysError('EINVAL', 'the socket has an address');
    const local = canonical(address);
    if (!isAny(local) && !isLoopback(local)) throw new SysError('EADDRNOTAVAIL', local);
    const binding: Binding = { address: local, port: port === 0 ? this.ports.free() : port, v6Only, socket };
    this.ports.add(binding);
    this.bindings.set(socket, binding);
    socket.local = { address: local, port: binding.port };
    socket.v6Only = v6Only;
  }

  /** A local socket's name. @throws {SysError} EADDRINUSE, EINVAL */
  bindPath(socket: Socket, path: string): void {
    if (socket.local !== undefined || path === '') throw new SysError('EINVAL');
    if (this.paths.has(path)) throw new SysError('EADDRINUSE', path);
    this.paths.set(path, socket);
    socket.local = { address: path, port: 0 };
  }

  /** listen(2): `onAccept` gets the server's end of each connection. */
  listen(socket: Socket, onAccept: AcceptListener): void {
    if (socket.connected) throw new SysError('EINVAL', 'the socket is connected');
    if (socket.local === undefined) {
      if (socket.kind === 'unix') throw new SysError('EINVAL', 'the socket has no path');
      this.bind(socket, ANY_V6, 0);
    }
    const first = socket.onAccept === undefined;
    socket.onAccept = onAccept;
    if (first && socket.kind === 'tcp') this.announce('open', socket);
  }

  /** connect(2). @throws {SysError} ECONNREFUSED, ENETUNREACH, EISCONN */
  connect(socket: Socket, address: string, port: number): void {
    if (socket.connected) throw new SysError('EISCONN');
    const to = destination(canonical(address));
    if (!isLoopback(to)) {
      this.connectOutside(socket, to, port);
      return;
    }
    const server = this.ports.find(to, port, listening)?.socket;
    if (server === undefined) throw new SysError('ECONNREFUSED', `${to}:${port}`);
    socket.local ??= { address: isV6(to) ? LOOPBACK_V6 : LOOPBACK_V4, port: this.ports.free() };
    this.establish(socket, server, { address: to, port });
  }

  /** @throws {SysError} ENOENT, ECONNREFUSED */
  connectPath(socket: Socket, path: string): void {
    if (socket.connected) throw new SysError('EISCONN');
    const server = this.paths.get(path);
    if (server === undefined) throw new SysError('ENOENT', path);
    if (server.onAccept === undefined) throw new SysError('ECONNREFUSED', path);
    this.establish(socket, server, { address: path, port: 0 });
  }

  connectInternal(port: number): ByteDuplex | undefined {
    const server = this.ports.on(port).find(listening)?.socket;
    if (server === undefined) return undefined;
    const socket = this.socket('tcp', 0);
    socket.local = { address: LOOPBACK_V4, port: this.ports.free() };
    this.establish(socket, server, { address: LOOPBACK_V4, port });
    return duplexOf(socket);
  }

  whenListening(port: number, signal: AbortSignal): Promise<void> {
    if (this.ports.on(port).some(listening)) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = this.onListen((event) => {
      if (event.port === port) resolve();
    });
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    return promise.finally(() => {
      stop();
      signal.removeEventListener('abort', abort);
    });
  }

  /** Ports on which a server listens, in order. */
  listeningPorts(): number[] {
    const ports = [...this.bindings.values()].filter((binding) => listening(binding) && binding.socket.kind === 'tcp').map(({ port }) => port);
    return [...new Set(ports)].sort((a, b) => a - b);
  }

  /** Told of each port that begins to listen. @returns the unsubscribe */
  onListen(listener: PortListener): () => void {
    this.listeners.open.add(listener);
    return () => this.listeners.open.delete(listener);
  }

  onClose(listener: PortListener): () => void {
    this.listeners.close.add(listener);
    return () => this.listeners.close.delete(listener);
  }

  /** @throws {SysError} ENOTSUP for a connection inside the container. */
  startTls(socket: Socket, servername: string): void {
    if (socket.peer === undefined || this.egress?.startTls(socket.peer, servername) !== true) throw new SysError('ENOTSUP', 'TLS');
  }

  private establish(client: Socket, server: Socket, remote: Endpoint): void {
    const { onAccept } = server;
    if (onAccept === undefined) throw new SysError('ECONNREFUSED');
    const peer = this.socket(server.kind, server.pid);
    peer.local = mapped(server, remote);
    peer.remote = client.local === undefined ? undefined : mapped(server, client.local);
    client.remote = remote;
    Socket.join(client, peer);
    onAccept(peer);
  }

  private connectOutside(socket: Socket, address: string, port: number): void {
    const host = this.names.nameOf(address) ?? address;
    socket.local ??= { address: isV6(address) ? LOOPBACK_V6 : LOOPBACK_V4, port: this.ports.free() };
    const peer = this.socket('tcp', 0);
    peer.local = { address, port };
    peer.remote = socket.local;
    Socket.join(socket, peer);
    socket.remote = { address, port };
    if (this.egress?.connect(peer, { address, port, host }) === true) return;
    throw new SysError('ENETUNREACH', `${host}:${port} is outside of the container, which reaches other machines by HTTP and HTTPS only`);
  }

  private forget(socket: Socket): void {
    const binding = this.bindings.get(socket);
    if (binding !== undefined) this.ports.delete(binding);
    this.bindings.delete(socket);
    if (socket.local !== undefined && this.paths.get(socket.local.address) === socket) this.paths.delete(socket.local.address);
    if (socket.onAccept !== undefined && socket.kind === 'tcp') this.announce('close', socket);
    socket.onAccept = undefined;
  }

  private announce(what: 'open' | 'close', socket: Socket): void {
    const { address = ANY_V4, port = 0 } = socket.local ?? {};
    for (const listener of this.listeners[what]) listener({ port, address, pid: socket.pid });
  }
}

function listening({ socket }: Binding): boolean {
  return socket.onAccept !== undefined;
}

/** A socket of `::` sees IPv4 peers as mapped addresses (RFC 4291, 2.5.5.2). */
function mapped(server: Socket, { address, port }: Endpoint): Endpoint {
  const six = server.kind === 'tcp' && server.local !== undefined && isV6(server.local.address);
  return { address: six && !isV6(address) ? `::ffff:${address}` : address, port };
}
