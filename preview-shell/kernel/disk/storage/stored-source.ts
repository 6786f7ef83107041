import type { ContentSource } from '../content.ts';
import { NotLoaded } from '../suspend.ts';
import { BLOCK_BYTES, type Place, type StorageBackend } from './backend.ts';

/** Files up to this size stay in memory once they were read. */
const KEEP_BYTES = 4 * 1024 * 1024;

/** Content in storage, read when somebody wants it. */
export class StoredSource implements ContentSource {
  readonly size: number;
  readonly counted = true;
  private readonly backend: StorageBackend;
  private readonly places: readonly Place[];
  private bytes: Uint8Array<ArrayBuffer> | undefined;
  /** Blocks of an asynchronous backend that have come, for the operation that waits for them. */
  private readonly arrived = new Map<number, Uint8Array>();

  constructor(backend: StorageBackend, size: number, places: readonly Place[]) {
    this.backend = backend;
    this.size = size;
    this.places = places;
  }

  load(): Uint8Array<ArrayBuffer> {
    return this.bytes?.slice() ?? this.assemble();
  }

  view(offset: number, length: number): Uint8Array {
    if (this.size <= KEEP_BYTES) {
      this.bytes ??= this.assemble();
      return this.bytes.subarray(offset, offset + length);
    }
    const first = Math.floor(offset / BLOCK_BYTES);
    const part = this.join(first, Math.floor((offset + length - 1) / BLOCK_BYTES));
    const start = offset - first * BLOCK_BYTES;
    return part.subarray(start, start + length);
  }

  private assemble(): Uint8Array<ArrayBuffer> {
    return this.join(0, this.places.length - 1);
  }

  private join(first: number, last: number): Uint8Array<ArrayBuffer> {
    const blocks: Uint8Array[] = [];
    for (let index = first; index <= last; index++) blocks.push(this.block(index));
    const whole = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
    let at = 0;
    for (const block of blocks) {
      whole.set(block, at);
      at += block.length;
    }
    this.arrived.clear();
    return whole;
  }

  private block(index: number): Uint8Array {
    const known = this.arrived.get(index);
    if (known !== undefined) return known;
    const place = this.places[index];
    if (place === undefined) return new Uint8Array(0);
    const bytes = this.backend.read(place);
    if (bytes instanceof Uint8Array) return bytes;
    throw new NotLoaded('content in storage', bytes.then((block) => this.arrived.set(index, block)));
  }
}
