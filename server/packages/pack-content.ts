/** Unpacks a registry tarball in memory, refusing hostile content whole. Rules: SPEC.md, PK-T*. */
import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import type { Header } from 'tar-stream';
import { Refusal } from './refusal.ts';

export interface TarballLimits {
  /** Bytes, all files together, and of the tar stream itself. */
  unpackedBytes: number;
  files: number;
}

export interface UnpackedFile {
  /** Path inside the package. */
  path: string;
  mode: number;
  data: Buffer;
}

/** Tar entry types that carry no content of their own and change nothing (POSIX pax, section "pax Header Block"). */
const IGNORED_TYPES = new Set(['pax-global-header']);
/** Room for headers and padding: a bomb of many empty entries is counted as well. */
const HEADER_ALLOWANCE = 1536;

/** The files of a gzipped tarball by path. @throws {Refusal} */
export async function unpackTarball(tarball: Buffer, limits: TarballLimits): Promise<Map<string, UnpackedFile>> {
  const files = new Map<string, UnpackedFile>();
  const extract = tar.extract();
  let bytes = 0;
  let entries = 0;
  let stream = 0;
  const streamLimit = limits.unpackedBytes + limits.files * HEADER_ALLOWANCE;
  const gunzip = createGunzip();
  gunzip.on('data', (chunk: Buffer) => {
    stream += chunk.length;
    if (stream > streamLimit) gunzip.destroy(tooLarge(limits));
  });

  const read = async () => {
    for await (const entry of extract) {
      entries++;
      if (entries > limits.files) throw new Refusal('E-TERRARIUM-2157', { limit: `${limits.files} files` });
      const path = checkedPath(entry.header);
      bytes += entry.header.size ?? 0;
      if (bytes > limits.unpackedBytes) throw tooLarge(limits);
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      if (path !== undefined) files.set(path, { path, mode: entry.header.mode ?? 0o644, data: Buffer.concat(chunks) });
    }
  };

  try {
    await Promise.all([pipeline(Readable.from([tarball]), gunzip, extract), read()]);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('E-TERRARIUM-2156', { problem: 'it is no readable gzipped tar archive' });
  }
  refuseClashes(files.keys());
  return files;
}

/** The path below the package's folder (npm strips the first part, whatever its name), undefined for a folder. */
function checkedPath(header: Header): string | undefined {
  const { name, type } = header;
  if (type !== undefined && type !== null && IGNORED_TYPES.has(type)) return undefined;
  if (type !== 'file' && type !== 'directory' && type !== 'contiguous-file') throw hostile(`it has an entry of type "${String(type)}"`);
  if (name.includes('\0')) throw hostile('a name contains NUL');
  if (name.includes('\\')) throw hostile('a name contains a backslash');
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) throw hostile('a path is absolute');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw hostile('a path leaves the package by ".."');
  if (type === 'directory') return undefined;
  if (parts.length < 2) throw hostile('a file stands beside the package folder');
  return parts.slice(1).join('/');
}

/** Two names that differ in case only, or a file where another needs a folder. */
function refuseClashes(paths: Iterable<string>): void {
  const seen = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const path of paths) {
    const key = path.toLowerCase();
    const other = seen.get(key);
    if (other !== undefined) throw hostile('two of its names differ in upper and lower case only');
    seen.set(key, path);
    for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) folders.set(key.slice(0, at), path);
  }
  for (const key of seen.keys()) if (folders.has(key)) throw hostile('a name is both a file and a folder');
}

const hostile = (problem: string) => new Refusal('E-TERRARIUM-2156', { problem });
const tooLarge = (limits: TarballLimits) => new Refusal('E-TERRARIUM-2157', { limit: `${limits.unpackedBytes} bytes unpacked` });
