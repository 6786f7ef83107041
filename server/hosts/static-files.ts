/** Serves built files from memory: `dist/` is small and read over and over by every new origin. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export interface StaticFile {
  bytes: Uint8Array<ArrayBuffer>;
  type: string;
  etag: string;
}

export interface StaticFolder {
  /** `relative` is a decoded URL path without its leading slash; `undefined` when there is no such file or the path leaves the folder. */
  read(relative: string): Promise<StaticFile | undefined>;
  readText(relative: string): Promise<string | undefined>;
}

export function staticFolder(root: string): StaticFolder {
  const kept = new Map<string, { stamp: string; file: StaticFile }>();

  async function read(relative: string): Promise<StaticFile | undefined> {
    const name = path.resolve(root, relative);
    if (!name.startsWith(root + path.sep) || relative.includes('\0')) return undefined;
    const info = await stat(name).catch(() => undefined);
    if (info === undefined || !info.isFile()) return undefined;
    const stamp = `${info.mtimeMs}:${info.size}`;
    const known = kept.get(name);
    if (known?.stamp === stamp) return known.file;
    const bytes = new Uint8Array(await readFile(name));
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    const file = { bytes, type: TYPES[path.extname(name)] ?? 'application/octet-stream', etag };
    kept.set(name, { stamp, file });
    return file;
  }

  return {
    read,
    async readText(relative) {
      const file = await read(relative);
      return file === undefined ? undefined : new TextDecoder().decode(file.bytes);
    },
  };
}

/** A whole file, or 304 when the client has it (RFC 9110, 13.1.2). */
export function fileResponse(request: Request, file: StaticFile, headers: Record<string, string>): Response {
  const all = { ...headers, 'content-type': file.type, etag: file.etag, 'x-content-type-options': 'nosniff' };
  const known = request.headers.get('if-none-match');
  if (known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === file.etag)) return new Response(null, { status: 304, headers: all });
  return new Response(request.method === 'HEAD' ? null : file.bytes, { headers: { ...all, 'content-length': String(file.bytes.byteLength) } });
}

/** Decoded path of a URL without its leading slash; `undefined` when it is not valid percent-encoding. */
export function relativePath(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname).replace(/^\/+/, '');
  } catch {
    return undefined;
  }
}
