import { TerrariumError } from '../../shared/errors/error.ts';

/** The whole body, refused with 1140 as soon as it is known to exceed the limit (bytes). */
export async function readBody(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const refuse = () => TerrariumError.of('E-TERRARIUM-1140', { limit });
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw refuse();
  if (request.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body as ReadableStream<Uint8Array>) {
    size += part.byteLength;
    if (size > limit) throw refuse();
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts, size));
}
