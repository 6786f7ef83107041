/** The page as host of its environment: claims the lease for its running container and answers what the server asks (server/host-link/SPEC.md). */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { ALIVE_LIMIT_MS, CLOSE, decodeData, encodeData, fromServerSchema, HOST_LINK_PROTOCOL, HOST_LINK_VERSION, parseMessage } from '../../shared/protocol/host-link.ts';
import type { Data, FromServer, ToContainer, ToServer } from '../../shared/protocol/host-link.ts';
import type { ContainerClient } from '../container/client.ts';
import { answerCall, type CallAnswers } from './calls.ts';
import { Tunnel } from './tunnel.ts';

/** `host`: the server reaches the container of this page. `waiting`: another page's, this one is a candidate. */
export interface HostState {
  state: 'connecting' | 'host' | 'waiting' | 'closed';
  epoch: number;
}

export interface HostLinkOptions {
  url: string;
  container: Pick<ContainerClient, 'spawn'>;
  calls: CallAnswers;
  kind: 'person' | 'headless';
  /** The page's own name for as long as it lives. */
  holder: string;
  connect?: (url: string, protocol: string) => WebSocket;
}

/** Milliseconds before the next attempt: doubled up to the most, with chance so that many pages do not come together. */
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
/** With which a connection that may be half open is given up. */
const SILENT = 4000;
/** The server's refusal for good (HL32). */
const FINAL: readonly number[] = [CLOSE.unauthorized, CLOSE.forbidden, CLOSE.unknown, CLOSE.gone];

export class PageHostLink {
  readonly store: StoreApi<HostState> = createStore<HostState>(() => ({ state: 'connecting', epoch: 0 }));
  private readonly options: HostLinkOptions;
  private socket: WebSocket | undefined;
  private tunnel: Promise<Tunnel> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Runs while the server is known to say that it is there. */
  private silence: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private over = false;
  private readonly life = new AbortController();
  /** An attempt that waits is made at once; a socket that may be half open is given up. */
  private readonly again = (): void => {
    if (this.store.getState().state !== 'connecting') return this.socket?.close(SILENT);
    clearTimeout(this.timer);
    if (this.socket?.readyState !== WebSocket.CONNECTING) this.connect();
  };

  constructor(options: HostLinkOptions) {
    this.options = options;
    this.connect();
    // The browser knows before the next attempt would find out.
    globalThis.addEventListener?.('online', this.again, { signal: this.life.signal });
  }

  /** Leaves: the next candidate gets the lease. */
  close(): void {
    if (this.over) return;
    this.over = true;
    this.life.abort();
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.socket?.close(1000);
    this.drop();
    this.store.setState({ state: 'closed' });
  }

  private connect(): void {
    const { url, kind, holder, connect = (to, protocol) => new WebSocket(to, [protocol]) } = this.options;
    const socket = connect(url, HOST_LINK_PROTOCOL);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    socket.addEventListener('open', () => this.tell({ t: 'claim', v: HOST_LINK_VERSION, holder, epoch: this.store.getState().epoch, kind }));
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.receive(data));
    socket.addEventListener('close', ({ code }) => this.closed(code));
  }

  private closed(code: number): void {
    clearTimeout(this.silence);
    this.silence = undefined;
    this.drop();
    if (this.over) return;
    if (FINAL.includes(code)) return this.close();
    this.store.setState({ state: 'connecting', ...(code === CLOSE.stale ? { epoch: 0 } : {}) });
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.attempts++);
    this.timer = setTimeout(() => this.connect(), wait * (0.5 + Math.random()));
  }

  private receive(data: unknown): void {
    if (this.silence !== undefined) this.listen();
    if (data instanceof ArrayBuffer) {
      const piece = decodeData(new Uint8Array(data));
      if (piece !== undefined) void this.tunnel?.then((tunnel) => tunnel.sendData(piece), () => {});
      return;
    }
    const message = typeof data === 'string' ? parseMessage(fromServerSchema, data) : undefined;
    if (message !== undefined) this.handle(message);
  }

  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket?.close(SILENT), ALIVE_LIMIT_MS);
  }

  private handle(message: FromServer): void {
    if (message.t === 'granted') {
      this.attempts = 0;
      this.store.setState({ state: 'host', epoch: message.epoch });
    } else if (message.t === 'waiting') {
      this.attempts = 0;
      this.store.setState({ state: 'waiting', epoch: 0 });
    } else if (message.t === 'alive') this.listen();
    else if (message.t === 'call') void this.answer(message);
    else this.forward(message);
  }

  private async answer({ id, name, input }: Extract<FromServer, { t: 'call' }>): Promise<void> {
    try {
      this.tell({ t: 'result', id, value: await answerCall(this.options.calls, name, input) });
    } catch (error) {
      this.unanswerable(id, error instanceof Error ? error.message : String(error));
    }
  }

  private forward(message: ToContainer): void {
    this.tunnel ??= this.open();
    this.tunnel.then((tunnel) => tunnel.send(message), (error: unknown) => {
      this.tunnel = undefined;
      this.unanswerable(message.id, String(error));
    });
  }

  private open(): Promise<Tunnel> {
    const opened: Promise<Tunnel> = Tunnel.start(this.options.container, {
      message: (message) => this.tell(message),
      data: (data) => this.tellData(data),
      ended: (streams) => {
        if (this.tunnel === opened) this.tunnel = undefined;
        for (const id of streams) this.unanswerable(id, 'the container ended its tunnel');
      },
    });
    return opened;
  }

  private unanswerable(id: number, problem: string): void {
    this.tell({ t: 'failed', id, reason: 'unanswerable', message: problem.slice(0, 1000) });
  }

  private tell(message: ToServer): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private tellData(data: Data): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(encodeData(data));
  }

  /** Nobody waits for what the tunnel still does. */
  private drop(): void {
    this.tunnel?.then((tunnel) => tunnel.close(), () => {});
    this.tunnel = undefined;
  }
}
