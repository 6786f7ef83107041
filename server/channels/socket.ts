/** A `ws` socket as the channels see it. */
import type { RawData, WebSocket } from 'ws';
import { TerrariumError } from '../../shared/errors/error.ts';
import { MAX_CHANNEL_FRAME } from '../../shared/protocol/channels.ts';
import type { Logger } from '../logger.ts';
import type { ChannelLink, MemberSocket } from './link.ts';

/** `close` ends the connection with a code of SPEC.md and the error's code in its reason. */
export function textSocket(webSocket: WebSocket, caller: Pick<MemberSocket, 'canWrite' | 'author' | 'checkPreview'>, close: (code: number, error: TerrariumError) => void): MemberSocket {
  return {
    ...caller,
    get backlog() {
      return webSocket.bufferedAmount;
    },
    send(text, onSent) {
      if (webSocket.readyState === webSocket.OPEN) webSocket.send(text, onSent);
    },
    close,
  };
}

/** One text frame. A fault of our own ends this connection and no other; the page comes back. */
export function receiveText(data: RawData, link: ChannelLink, logger: Logger): void {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Uint8Array);
  try {
    // One that is too large is not even decoded.
    link.receive(bytes.length > MAX_CHANNEL_FRAME ? '' : bytes.toString(), bytes.length);
  } catch (error) {
    logger.error('A channel failed', { error: error instanceof Error ? error.stack : String(error) });
    link.end(TerrariumError.of('E-TERRARIUM-3000', { incident: '-' }));
  }
}
