/**
 * A pack: one package version as one immutable file, mounted in the container as a read-only layer without unpacking.
 *
 *     "TPK1" | u32le headerLength | header (UTF-8 JSON, PackHeader) | padding to 8 | file bytes and what is known of their code, one after another
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

export interface PackEntry {
  file: Omit<PackFile, 'o' | 's' | 'k'>;
  data: Uint8Array;
  /** JSON of shared/module-code/facts.ts. */
  facts?: Uint8Array | undefined;
}

export function writePack(header: Omit<PackHeader, 'files'>, files: readonly PackEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const place = (bytes: Uint8Array): number => {
    parts.push(bytes);
    offset += bytes.length;
    return offset - bytes.length;
  };
  // Files first: whoever reads them all reads one range.
  const placed = files.map(({ file, data }): PackFile => ({ ...file, o: place(data), s: data.length }));
  const entries = placed.map((entry, index): PackFile => {
    const facts = files[index]?.facts;
    return facts === undefined ? entry : { ...entry, k: [place(facts), facts.length] };
  });
  const headerBytes = new TextEncoder().encode(JSON.stringify({ ...header, files: entries }));
  const dataStart = alignTo8(8 + headerBytes.length);
  const out = new Uint8Array(dataStart + offset);
  out.set(new TextEncoder().encode(PACK_MAGIC), 0);
  new DataView(out.buffer).setUint32(4, headerBytes.length, true);
  out.set(headerBytes, 8);
  let at = dataStart;
  for (const bytes of parts) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

const alignTo8 = (n: number) => (n + 7) & ~7;
