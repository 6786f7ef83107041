/**
 * A pack: one package version as one immutable file, mounted in the container as a read-only layer without unpacking.
 *
 *     "TPK1" | u32le headerLength | header (UTF-8 JSON, PackHeader) | padding to 8 | file bytes, one after another
 *
 * Its address is the lower-case hex SHA-256 of these bytes. Offsets are relative to the first file byte.
 */
import type { PackFile, PackHeader } from './schema.ts';

export const PACK_MAGIC = 'TPK1';

export type { PackFile, PackHeader, PackMount } from './schema.ts';

export interface ParsedPack {
  header: PackHeader;
  /** Byte offset of the first file's data in the pack. */
  dataStart: number;
}

/** Reads a pack's header. Throws a `TypeError` on bytes that are no pack. The caller has verified the hash. */
export function parsePack(bytes: Uint8Array): ParsedPack {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = bytes.length < 8 ? '' : String.fromCharCode(...bytes.slice(0, 4));
  if (magic !== PACK_MAGIC) throw new TypeError('Not a pack: wrong magic.');
  const headerLength = view.getUint32(4, true);
  if (8 + headerLength > bytes.length) throw new TypeError('Not a pack: truncated header.');
  const json = new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice(8, 8 + headerLength));
  const header = JSON.parse(json) as PackHeader;
  if (header.v !== 1) throw new TypeError('Not a pack of a version known here.');
  return { header, dataStart: alignTo8(8 + headerLength) };
}

export function writePack(header: Omit<PackHeader, 'files'>, files: { file: Omit<PackFile, 'o' | 's'>; data: Uint8Array }[]): Uint8Array {
  let offset = 0;
  const entries: PackFile[] = files.map(({ file, data }) => {
    const entry = { ...file, o: offset, s: data.length };
    offset += data.length;
    return entry;
  });
  const headerBytes = new TextEncoder().encode(JSON.stringify({ ...header, files: entries }));
  const dataStart = alignTo8(8 + headerBytes.length);
  const out = new Uint8Array(dataStart + offset);
  out.set(new TextEncoder().encode(PACK_MAGIC), 0);
  new DataView(out.buffer).setUint32(4, headerBytes.length, true);
  out.set(headerBytes, 8);
  let at = dataStart;
  for (const { data } of files) {
    out.set(data, at);
    at += data.length;
  }
  return out;
}

const alignTo8 = (n: number) => (n + 7) & ~7;
