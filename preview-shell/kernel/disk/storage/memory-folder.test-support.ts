import type { SyncFile, SyncFolder } from './log-backend.ts';

/** Files in memory with the interface of OPFS's. `limit` is a quota; `copy` is what a crash leaves. */
export class MemoryFolder implements SyncFolder {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  limit = Infinity;

  async names(): Promise<string[]> {
    return [...this.files.keys()];
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name);
  }

  copy(): MemoryFolder {
    const folder = new MemoryFolder();
    for (const [name, bytes] of this.files) folder.files.set(name, bytes.slice());
    return folder;
  }

  private get used(): number {
    return [...this.files.values()].reduce((sum, { length }) => sum + length, 0);
  }

  async open(name: string): Promise<SyncFile> {
    if (!this.files.has(name)) this.files.set(name, new Uint8Array(0));
    const bytes = () => this.files.get(name) ?? new Uint8Array(0);
    const resize = (size: number) => {
      const next = new Uint8Array(size);
      next.set(bytes().subarray(0, size));
      this.files.set(name, next);
    };
    return {
      read(buffer, { at }) {
        const part = bytes().subarray(at, at + buffer.length);
        buffer.set(part);
        return part.length;
      },
      write: (buffer, { at }) => {
        const size = Math.max(bytes().length, at + buffer.length);
        if (this.used + size - bytes().length > this.limit) throw new DOMException('full', 'QuotaExceededError');
        resize(size);
        bytes().set(buffer, at);
        return buffer.length;
      },
      truncate: resize,
      getSize: () => bytes().length,
      flush() {},
      close() {},
    };
  }
}
