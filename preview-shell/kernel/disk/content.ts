import { SysError } from '../../abi/errno.ts';
import type { PackedRange } from '../descriptors/open-file.ts';
import { FILE_MAX } from './constants.ts';
import type { Space } from './space.ts';

/** Bytes of a file that lie elsewhere until something is written: in a pack, or in storage. */
export interface ContentSource {
  readonly size: number;
  /** A copy of all bytes, for writing into. @throws {NotLoaded} */
  load(): Uint8Array<ArrayBuffer>;
  /** Bytes for reading; may be a view. @throws {NotLoaded} */
  view(offset: number, length: number): Uint8Array;
  /** Its size is part of what the disk holds already (a pack's is not). */
  readonly counted?: boolean;
  /** Where threads can read the bytes themselves. */
  range?(offset: number, length: number): PackedRange;
}

const EMPTY = new Uint8Array(0);

/** The bytes of one regular file: one buffer with room to grow, or a source that nothing has been written over. */
export class Content {
  private bytes: Uint8Array<ArrayBuffer> = EMPTY;
  private length = 0;
  private origin: ContentSource | undefined;
  private readonly space: Space;

  constructor(space: Space, source?: ContentSource) {
    this.space = space;
    this.origin = source;
    this.length = source?.size ?? 0;
    if (source?.counted === true) space.take(source.size);
  }

  get size(): number {
    return this.length;
  }

  get source(): ContentSource | undefined {
    return this.origin;
  }

  /** What lies at `offset`, shorter at the end. A view: valid until the next change. @throws {NotLoaded} */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(this.length, offset + length);
    if (offset >= end) return EMPTY;
    if (this.origin !== undefined) return this.origin.view(offset, end - offset);
    return this.bytes.subarray(offset, end);
  }

  /** The same bytes as a place in a pack, where they are in one. */
  range(offset: number, length: number): PackedRange | undefined {
    const end = Math.min(this.length, offset + length);
    return offset < end ? this.origin?.range?.(offset, end - offset) : undefined;
  }

  /** @throws {SysError} EFBIG, ENOSPC. @throws {NotLoaded} */
  write(data: Uint8Array, offset: number): void {
    if (data.length === 0) return;
    const end = offset + data.length;
    this.own(Math.max(end, this.length));
    this.bytes.set(data, offset);
    if (end > this.length) this.length = end;
  }

  /** Cuts, or grows with zeros. @throws {SysError} EFBIG, ENOSPC. @throws {NotLoaded} */
  truncate(size: number): void {
    if (size === this.length) return;
    if (size === 0) return this.replace(EMPTY);
    this.own(Math.max(size, this.length));
    if (size < this.length) {
      this.bytes.fill(0, size, this.length);
      this.space.take(size - this.length);
      if (this.bytes.length > 4 * size) this.bytes = this.bytes.slice(0, size);
    }
    this.length = size;
  }

  /** Takes `bytes` as the whole content, without a copy. */
  replace(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.length > FILE_MAX) throw new SysError('EFBIG');
    this.space.take(bytes.length - this.counted);
    this.origin = undefined;
    this.bytes = bytes;
    this.length = bytes.length;
  }

  /** Makes the bytes the file's own. @throws {SysError} ENOSPC. @throws {NotLoaded} */
  adopt(): void {
    this.own(this.length);
  }

  /** The last name and the last descriptor are gone. */
  free(): void {
    this.space.take(-this.counted);
    this.origin = undefined;
    this.bytes = EMPTY;
    this.length = 0;
  }

  /** How much of the disk's space it takes. */
  private get counted(): number {
    return this.origin === undefined || this.origin.counted === true ? this.length : 0;
  }

  /** Makes the bytes our own, with room for `size`, and accounts for the growth. */
  private own(size: number): void {
    if (size > FILE_MAX) throw new SysError('EFBIG');
    if (this.origin !== undefined) {
      const copy = this.origin.load();
      this.space.take(copy.length - this.counted);
      this.bytes = copy;
      this.origin = undefined;
    }
    if (size > this.length) this.space.take(size - this.length);
    if (size <= this.bytes.length) return;
    // Doubling keeps a file that is written in small pieces linear; the first write gets exactly its size.
    const capacity = this.bytes.length === 0 ? size : Math.max(size, Math.min(this.bytes.length * 2, FILE_MAX));
    const grown = allocate(capacity);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

function allocate(size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch {
    throw new SysError('ENOSPC', `no memory for ${size} bytes`);
  }
}
