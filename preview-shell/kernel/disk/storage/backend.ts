/** Where a block of content lies: segment, offset, length, CRC-32. */
export type Place = readonly [segment: number, offset: number, length: number, crc: number];

/** A regular file's content is kept in blocks of this many bytes, the last one shorter. */
export const BLOCK_BYTES = 256 * 1024;

/** Durable storage of batches of records and of blocks. One user at a time. */
export interface StorageBackend {
  /** The texts of all whole batches, oldest first, from the last snapshot on. */
  load(): Promise<string[]>;
  /** Makes blocks and batch durable, both or neither. `batch` is given where the blocks lie. @throws when storage is full */
  commit(blocks: readonly Uint8Array[], batch: (places: readonly Place[]) => string): void | Promise<void>;
  /** @throws {SysError} EIO when the bytes are not those that were written */
  read(place: Place): Uint8Array | Promise<Uint8Array>;
  /** Bytes of batches since the last snapshot. */
  readonly batchBytes: number;
  /** Bytes of all blocks, also of those that nothing refers to any more. */
  readonly blockBytes: number;
  /** Replaces all batches by one. `live` lists all blocks that are still referred to; others are let go of. */
  snapshot(batch: string, live: Iterable<Place>): Promise<void>;
  /** Segments of which less than half is live, given all live blocks: their blocks should be written anew. */
  sparse(live: Iterable<Place>): Set<number>;
  close(): void;
}
