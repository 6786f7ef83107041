/** Blobs (node_blob.cc): immutable bytes, sliced without copying, and those of a file, read when somebody reads them. */
import type { BindingContext } from '../context.ts';
import { carry, type Carried, revives } from './messaging/carried.ts';
import { ownBytes } from './encoding_binding.ts';
import { concatenate } from './string-bytes.ts';

const END = 0;
const MORE = 1;
type Pulled = (status: number, buffer?: ArrayBuffer) => void;

class BlobHandle {
  readonly #load: () => Uint8Array;
  #bytes: Uint8Array | undefined;

  constructor(load: () => Uint8Array) {
    this.#load = load;
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= this.#load());
  }

  [carry](): Carried {
    return { binding: 'blob', data: this.bytes };
  }

  slice(start: number, end: number): BlobHandle {
    return new BlobHandle(() => this.bytes.subarray(start, end));
  }

  getReader(): { pull(callback: Pulled): void } {
    let done = false;
    return {
      pull: (callback) => {
        if (done || this.bytes.length === 0) return callback(END);
        done = true;
        callback(MORE, this.bytes.slice().buffer as ArrayBuffer);
      },
    };
  }
}

interface StoredObject {
  handle: BlobHandle;
  length: number;
  type: string;
}

/** `URL.createObjectURL`: one store for the thread. */
const stored = new Map<string, StoredObject>();

interface FileSystem {
  readFileSync(path: string): Uint8Array;
  statSync(path: string): { size: number };
}

export function create(ctx: BindingContext): Record<string, unknown> {
  const fs = (): FileSystem => (ctx.hooks['requireBuiltin'] as (id: string) => unknown)('fs') as FileSystem;
  revives('blob', (bytes: Uint8Array) => new BlobHandle(() => bytes));
  return {
    createBlob: (sources: (BlobHandle | ArrayBufferView | ArrayBuffer)[]) => {
      const bytes = concatenate(sources.map((source) => (source instanceof BlobHandle ? source.bytes : ownBytes(source))));
      return new BlobHandle(() => bytes);
    },
    createBlobFromFilePath: (path: string) => {
      const { size } = fs().statSync(path);
      return [new BlobHandle(() => fs().readFileSync(path)), size];
    },
    concat: (buffers: (ArrayBufferView | ArrayBuffer)[]) => concatenate(buffers.map(ownBytes)).buffer,
    storeDataObject: (id: string, handle: BlobHandle, length: number, type: string) => void stored.set(id, { handle, length, type }),
    getDataObject: (id: string) => {
      const found = stored.get(id);
      return found && [found.handle, found.length, found.type];
    },
    revokeObjectURL: (url: string) => void stored.delete(url.replace(/^blob:nodedata:/, '')),
  };
}
