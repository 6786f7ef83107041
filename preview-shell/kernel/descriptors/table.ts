import { SysError } from '../../abi/errno.ts';
import type { OpenFile } from './open-file.ts';

interface Holder {
  file: OpenFile;
  references: number;
}

/** Descriptors of one process. Descriptions are shared with children and duplicates, and released by their last holder. */
export class DescriptorTable {
  private readonly entries = new Map<number, { holder: Holder; closeOnExec: boolean }>();
  private static readonly holders = new WeakMap<OpenFile, Holder>();

  /** The lowest free descriptor at or above `from` (POSIX open(2)). */
  open(file: OpenFile, options: { closeOnExec?: boolean; from?: number } = {}): number {
    let fd = options.from ?? 0;
    while (this.entries.has(fd)) fd++;
    this.set(fd, file, options.closeOnExec ?? true);
    return fd;
  }

  /** Puts `file` at `fd`, closing what was there (dup2(2)). */
  set(fd: number, file: OpenFile, closeOnExec = false): void {
    const holder = DescriptorTable.holders.get(file) ?? { file, references: 0 };
    DescriptorTable.holders.set(file, holder);
    holder.references++;
    if (this.entries.has(fd)) this.close(fd);
    this.entries.set(fd, { holder, closeOnExec });
  }

  /** @throws {SysError} EBADF */
  get(fd: number): OpenFile {
    const entry = this.entries.get(fd);
    if (entry === undefined) throw new SysError('EBADF', String(fd));
    return entry.holder.file;
  }

  has(fd: number): boolean {
    return this.entries.has(fd);
  }

  close(fd: number): void {
    const entry = this.entries.get(fd);
    if (entry === undefined) throw new SysError('EBADF', String(fd));
    this.entries.delete(fd);
    entry.holder.references--;
    if (entry.holder.references === 0) entry.holder.file.release();
  }

  closeAll(): void {
    for (const fd of [...this.entries.keys()]) this.close(fd);
  }

  *[Symbol.iterator](): IterableIterator<[number, OpenFile]> {
    for (const [fd, { holder }] of this.entries) yield [fd, holder.file];
  }
}
