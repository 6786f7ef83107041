/** A request's body on its way to the instance (SPEC BP10). */
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { ProxyLimits } from './limits.ts';

/** `null` for a request without one. A stream of its own: what breaks it leaves the client's connection for the answer. @throws {TerrariumError} 1234 */
export function bodyOf(request: IncomingMessage, { bodyBytes, idleMs }: Pick<ProxyLimits, 'bodyBytes' | 'idleMs'>): Readable | null {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > bodyBytes) throw TerrariumError.of('E-TERRARIUM-1234', { limit: bodyBytes });
  if (length === 0 && request.headers['transfer-encoding'] === undefined) return null;
  let size = 0;
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      timer.refresh();
      if (size > bodyBytes) done(TerrariumError.of('E-TERRARIUM-1234', { limit: bodyBytes }));
      else done(null, chunk);
    },
  });
  const timer = setTimeout(() => {
    // The client waits for the instance, not the other way about.
    if (body.writableNeedDrain) timer.refresh();
    else body.destroy(TerrariumError.of('E-TERRARIUM-1239', { seconds: idleMs / 1000 }));
  }, idleMs);
  body.once('close', () => clearTimeout(timer));
  request.once('error', (error) => body.destroy(error));
  return request.pipe(body);
}
