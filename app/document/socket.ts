/** The socket of a document: content goes in pieces that the room takes, and is counted, as the room counts it (server/rooms/SPEC.md, S1). */
import { framesOf } from './pieces.ts';
import { hasContent } from './saved.ts';

/** A socket class that tells how many messages with content each connection has sent; a new connection begins at 0. */
export function documentSocket(report: (count: number) => void): typeof WebSocket {
  return class extends WebSocket {
    #count = 0;
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      report(0);
    }
    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      const frames = data instanceof Uint8Array ? framesOf(data) : [data];
      for (const frame of frames) {
        if (frame instanceof Uint8Array && hasContent(frame)) report(++this.#count);
        super.send(frame as Uint8Array<ArrayBuffer>);
      }
    }
  };
}
