import { SysError } from '../../abi/errno.ts';

/** Bytes of content that the disk may hold of its own (packs not counted), for ENOSPC and statfs(2). */
export class Space {
  private taken = 0;
  private capacity: number;
  private full = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get used(): number {
    return this.taken;
  }

  get limit(): number {
    return this.capacity;
  }

  /** What storage says that it can hold. */
  setLimit(bytes: number): void {
    this.capacity = bytes;
  }

  /** While storage refuses more, whoever adds bytes is told so. */
  setFull(full: boolean): void {
    this.full = full;
  }

  /** @throws {SysError} ENOSPC when `bytes` more do not fit. */
  take(bytes: number): void {
    if (bytes > 0 && (this.full || this.taken + bytes > this.capacity)) throw new SysError('ENOSPC', 'the disk is full');
    this.taken += bytes;
  }
}
