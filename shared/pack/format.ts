/**
 * A pack: one package version as one immutable file, mounted in the container as a read-only layer without unpacking.
 *
 *     "TPK1" | u32le headerLength | header (UTF-8 JSON, PackHeader) | padding to 8 | file bytes, one after another
 *
 * Its address is the lower-case hex SHA-256 of these bytes. Offsets are relative to the first file byte.
 */
import { z } from 'zod';

export const PACK_MAGIC = 'TPK1';

/**
 * What the container would otherwise compute for each JavaScript file at each start.
 * `i`: es-module-lexer's imports of an ES module, five numbers for each: s, e, ss, se, d (UTF-16 offsets; d is -1 static, -2 import.meta, else the offset of the parenthesis of a dynamic import, whose s and e enclose the whole argument, quotes included).
 * `x`, `r`: cjs-module-lexer's export names and re-exported specifiers of a CommonJS file.
 */
export const packFileSchema = z.object({
  p: z.string().describe('path inside the package, "/"-separated, no leading "/"'),
  o: z.number().int().nonnegative(),
  s: z.number().int().nonnegative(),
  m: z.number().int().optional().describe('POSIX mode bits, 0o644 when left out'),
  i: z.array(z.number().int()).optional(),
  x: z.array(z.string()).optional(),
  r: z.array(z.string()).optional(),
});

export const packHeaderSchema = z.object({
  v: z.literal(1),
  name: z.string(),
  version: z.string(),
  integrity: z.string().describe("the registry's SRI string that the tarball was verified against"),
  files: z.array(packFileSchema),
});

export type PackFile = z.infer<typeof packFileSchema>;
export type PackHeader = z.infer<typeof packHeaderSchema>;

/** One package of an installed tree: where it is mounted, and what. */
export const packMountSchema = z.object({
  path: z.string().describe('relative to the project root, e.g. "node_modules/react"'),
  pack: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string(),
  version: z.string(),
  bytes: z.number().int().nonnegative().describe('size of the pack, uncompressed'),
  types: z.string().regex(/^[0-9a-f]{64}$/).optional().describe('a pack of type declarations and package.json alone, for editors'),
  bin: z.record(z.string(), z.string()).optional().describe('command name -> path inside the package'),
});
export type PackMount = z.infer<typeof packMountSchema>;

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
