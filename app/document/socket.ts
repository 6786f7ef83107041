/** The socket of a document: content goes in pieces that the room takes, and is counted, as the room counts it (server/rooms/SPEC.md, S1). */
import type { TextLine } from '../channels/client.ts';
import { framesOf } from './pieces.ts';
import { hasContent } from './saved.ts';

/**
 * A socket class that tells how many messages with content each connection has sent, and the bytes of the last; a new connection begins at 0. Frames of text are the
 * channels' and never reach the document's provider, which would read them as bytes.
 */
export function documentSocket(report: (count: number, bytes: number) => void, channels: () => TextLine | undefined = () => undefined): typeof WebSocket {
  return class extends WebSocket {
    #count = 0;
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      report(0, 0);
      const line = channels();
      const sendText = (text: string): void => {
        if (this.readyState === WebSocket.OPEN) super.send(text);
      };
      // These listeners are the first: the provider adds its own afterwards.
      this.addEventListener('message', (event) => {
        if (typeof event.data !== 'string') return;
        event.stopImmediatePropagation();
        line?.text(event.data, sendText);
      });
      this.addEventListener('open', () => line?.opened(sendText));
      this.addEventListener('close', () => line?.closed(sendText));
    }
    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      const frames = data instanceof Uint8Array ? framesOf(data) : [data];
      for (const frame of frames) {
        if (frame instanceof Uint8Array && hasContent(frame)) report(++this.#count, frame.length);
        super.send(frame as Uint8Array<ArrayBuffer>);
      }
    }
  };
}
