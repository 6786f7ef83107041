/** One page's connection that would be host: from its claim to its end (SPEC HL1-HL8). */
import type { WebSocket } from 'ws';
import { TerrariumError } from '../../shared/errors/error.ts';
import { CLOSE, decodeData, encodeData, HOST_LINK_VERSION, MAX_MESSAGE, parseMessage, toServerSchema } from '../../shared/protocol/host-link.ts';
import type { Data, FromServer, ToServer } from '../../shared/protocol/host-link.ts';
import type { Candidate, Lease } from './lease.ts';
import { Link, type Wire } from './link.ts';

const CLAIM_LIMIT_MS = 10_000;
/** Bytes that the network has not taken; a link so far behind is dead. */
const MAX_BACKLOG = 64 * 1024 * 1024;

export interface ConnectionOptions {
  lease: Lease;
  /** This connection's lease began, or with undefined ended. */
  onLink(link: Link | undefined): void;
  onRefused(error: TerrariumError): void;
}

export class HostConnection implements Wire {
  private readonly socket: WebSocket;
  private readonly options: ConnectionOptions;
  private candidate: Candidate | undefined;
  private link: Link | undefined;
  private over = false;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.socket = socket;
    this.options = options;
    const timer = setTimeout(() => this.breach('no claim came'), CLAIM_LIMIT_MS);
    socket.once('message', () => clearTimeout(timer));
    socket.on('message', (data: Buffer, isBinary) => this.receive(data, isBinary));
    socket.on('close', () => {
      clearTimeout(timer);
      this.end(TerrariumError.of('E-TERRARIUM-1321'));
    });
  }

  send(message: FromServer): void {
    this.write(JSON.stringify(message));
  }

  sendData(data: Data): void {
    this.write(encodeData(data));
  }

  close(code: number, error: TerrariumError): void {
    this.socket.close(code, `${error.code} ${error.message}`.slice(0, 120));
    this.end(error);
  }

  private write(frame: string | Uint8Array): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_BACKLOG) return this.socket.terminate();
    this.socket.send(frame);
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (this.over) return;
    if (data.byteLength > MAX_MESSAGE) return this.close(CLOSE.oversized, TerrariumError.of('E-TERRARIUM-1323', { what: 'a frame that is too large' }));
    // The library hands each message's memory over: no copy.
    if (isBinary) return this.receiveData(decodeData(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)));
    const message = parseMessage(toServerSchema, data.toString());
    if (message === undefined) return this.breach('a message that is none');
    if (this.candidate === undefined) return message.t === 'claim' ? this.claim(message) : this.breach('a message before the claim');
    if (message.t === 'claim' || this.link === undefined) return this.breach(`"${message.t}" without the lease`);
    const problem = this.link.receive(message);
    if (problem !== undefined) this.breach(problem);
  }

  private receiveData(data: Data | undefined): void {
    const problem = data === undefined ? 'bytes of no stream' : this.link === undefined ? 'bytes without the lease' : this.link.receiveData(data);
    if (problem !== undefined) this.breach(problem);
  }

  private claim({ v, holder, epoch: had, kind }: Extract<ToServer, { t: 'claim' }>): void {
    if (v !== HOST_LINK_VERSION) return this.close(CLOSE.protocol, TerrariumError.of('E-TERRARIUM-2101'));
    this.candidate = {
      holder,
      kind,
      grant: (epoch) => {
        this.link = new Link(this, epoch, kind);
        this.send({ t: 'granted', v: HOST_LINK_VERSION, epoch });
        this.options.onLink(this.link);
      },
      wait: (epoch) => this.send({ t: 'waiting', v: HOST_LINK_VERSION, epoch }),
      refuse: () => this.close(CLOSE.stale, TerrariumError.of('E-TERRARIUM-1322')),
    };
    this.options.lease.claim(this.candidate, had);
  }

  private breach(what: string): void {
    const error = TerrariumError.of('E-TERRARIUM-1323', { what });
    this.options.onRefused(error);
    this.close(CLOSE.protocol, error);
  }

  private end(error: TerrariumError): void {
    if (this.over) return;
    this.over = true;
    const { candidate, link, options } = this;
    // Who waits for an answer learns first that none comes, then that there is a new host.
    link?.end(error.code === 'E-TERRARIUM-1322' ? TerrariumError.of('E-TERRARIUM-1321') : error);
    if (link !== undefined && options.lease.holder === candidate) options.onLink(undefined);
    if (candidate !== undefined) options.lease.leave(candidate);
  }
}
