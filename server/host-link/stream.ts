/** What one stream of a link is to the link, and the link to a stream. */
import type { TerrariumError } from '../../shared/errors/error.ts';
import type { Data, FromServer, ToServer } from '../../shared/protocol/host-link.ts';

export type StreamAnswer = Exclude<ToServer, { t: 'claim' }>;

export interface LinkStream {
  receive(message: StreamAnswer): void;
  data(data: Data): void;
  /** Bytes that the host may still send. Below zero it has broken its credit. */
  readonly allowance: number;
  /** The link is gone. */
  fail(error: TerrariumError): void;
}

export interface Outlet {
  readonly id: number;
  send(message: FromServer): void;
  sendData(data: Data): void;
  /** The stream is over: what still comes of it is dropped. */
  ended(): void;
}
