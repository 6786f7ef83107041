import type { Data, FromContainer, StreamFailure, ToContainer } from '../../../shared/protocol/host-link.ts';

type Control = Exclude<ToContainer, { t: 'request' | 'socket' | 'run' | 'ports' | 'processes' }>;
export type StreamMessage = Control;

/** One stream of the tunnel, at the container's end. */
export interface TunnelStream {
  receive(message: StreamMessage): void;
  data(data: Data): void;
  /** Nobody listens any more. */
  abort(): void;
}

/** What a stream tells. After `ended` it tells nothing. */
export interface StreamOutlet {
  tell(message: FromContainer): void;
  send(data: Data): void;
  ended(): void;
}

/** Ends a stream with its reason. */
export function failStream(outlet: StreamOutlet, id: number, reason: StreamFailure, message: string): void {
  outlet.tell({ t: 'failed', id, reason, message: message.slice(0, 1000) });
  outlet.ended();
}
