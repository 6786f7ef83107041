/** `GET /packs/<sha256>`: immutable bytes. */
import { createReadStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { packPath } from './pack-path.ts';
import { Refusal } from './refusal.ts';

const HEADERS = {
  'content-type': 'application/octet-stream',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
};
const PUBLIC = 'public, max-age=31536000, immutable';
/** For packs that need a capability: kept by the browser that has it, by nothing on the way. */
const PRIVATE = 'private, max-age=31536000, immutable';

/** `isPrivate`: whether only granted environments may have it. @throws {Refusal} 2160 */
export async function servePack(request: Request, { dataDir, hash, isPrivate, gzipped }: { dataDir: string; hash: string; isPrivate: boolean; gzipped: (path: string) => Promise<string> }): Promise<Response> {
  const gzip = wantsGzip(request);
  const headers: Record<string, string> = {
    ...HEADERS,
    'cache-control': isPrivate ? PRIVATE : PUBLIC,
    etag: `"${hash}${gzip ? '-gzip' : ''}"`,
    vary: isPrivate ? 'accept-encoding, authorization' : 'accept-encoding',
  };
  if (request.headers.get('if-none-match')?.includes(hash) === true) return new Response(null, { status: 304, headers });
  const plain = packPath(dataDir, hash);
  const size = await sizeOf(plain);
  if (size === undefined) throw new Refusal('E-TERRARIUM-2160', { hash });
  const path = gzip ? await gzipped(plain) : plain;
  headers['content-length'] = String(gzip ? await sizeOf(path) : size);
  if (gzip) headers['content-encoding'] = 'gzip';
  if (request.method === 'HEAD') return new Response(null, { headers });
  return new Response(Readable.toWeb(createReadStream(path, { highWaterMark: 1 << 20 })) as ReadableStream<Uint8Array>, { headers });
}

/**
 * On the machine's own loopback (`*.localhost`, RFC 6761 section 6.3) inflating costs more than the bytes saved.
 * `?encoding=gzip` and `?encoding=identity` say it explicitly.
 */
function wantsGzip(request: Request): boolean {
  const { hostname, searchParams } = new URL(request.url);
  const asked = searchParams.get('encoding');
  if (asked !== null) return asked === 'gzip';
  const loopback = hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1' || hostname === '[::1]';
  return !loopback && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(request.headers.get('accept-encoding') ?? '');
}

const sizeOf = async (path: string) => (await stat(path).catch(() => undefined))?.size;

/** Makes the compressed file beside the pack once, when it is first asked for. */
export function createGzipper(): (path: string) => Promise<string> {
  const running = new Map<string, Promise<string>>();
  async function make(path: string): Promise<string> {
    const target = `${path}.gz`;
    if ((await sizeOf(target)) !== undefined) return target;
    const temporary = `${target}.${randomBytes(6).toString('hex')}`;
    await pipeline(createReadStream(path), createGzip({ level: 6 }), createWriteStream(temporary, { flush: true }));
    await rename(temporary, target);
    return target;
  }
  return (path) => {
    const started = running.get(path) ?? make(path).finally(() => running.delete(path));
    running.set(path, started);
    return started;
  };
}
