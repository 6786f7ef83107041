/** Batches in a journal file, blocks in segment files, all appended to. Format and crash rules: ../SPEC.md, DK-P*. */
import { SysError } from '../../../abi/errno.ts';
import type { Place, StorageBackend } from './backend.ts';
import { crc32 } from './crc32.ts';

/** The part of FileSystemSyncAccessHandle that is used (WHATWG File System). */
export interface SyncFile {
  read(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(buffer: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

export interface SyncFolder {
  names(): Promise<string[]>;
  /** Opens, makes when missing. */
  open(name: string): Promise<SyncFile>;
  remove(name: string): Promise<void>;
}

const MAGIC = 0x4a4b4454;
const HEADER_BYTES = 12;
/** A segment takes no more blocks once it is this large. */
const SEGMENT_BYTES = 32 * 1024 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

interface Segment {
  readonly file: SyncFile;
  /** Where the next block goes. */
  end: number;
}

export class LogBackend implements StorageBackend {
  private readonly folder: SyncFolder;
  private readonly segmentBytes: number;
  private readonly segments = new Map<number, Segment>();
  private journal!: SyncFile; // set by `load`, which comes before everything else
  private generation = 0;
  private journalEnd = 0;
  private snapshotEnd = 0;
  private current = 0;
  /** The segment after the current one, opened ahead because opening takes a turn. */
  private next: Promise<void> | undefined;

  constructor(folder: SyncFolder, segmentBytes = SEGMENT_BYTES) {
    this.folder = folder;
    this.segmentBytes = segmentBytes;
  }

  get batchBytes(): number {
    return this.journalEnd - this.snapshotEnd;
  }

  get blockBytes(): number {
    let bytes = 0;
    for (const { end } of this.segments.values()) bytes += end;
    return bytes;
  }

  async load(): Promise<string[]> {
    const names = await this.folder.names();
    const numbers = (prefix: string) => names.filter((name) => name.startsWith(prefix)).map((name) => Number(name.slice(prefix.length))).sort((a, b) => a - b);
    await Promise.all(numbers('segment-').map((number) => this.openSegment(number)));
    this.current = Math.max(0, ...this.segments.keys());
    const batches = await this.openJournal(numbers('journal-'));
    if (this.segments.size === 0) await this.openSegment(++this.current);
    this.prepareNext();
    return batches;
  }

  private async openSegment(number: number): Promise<void> {
    const file = await this.folder.open(`segment-${number}`);
    this.segments.set(number, { file, end: file.getSize() });
  }

  /** The newest journal that is whole; a newer one that was cut off while it was made is not. */
  private async openJournal(generations: number[]): Promise<string[]> {
    for (const generation of generations.toReversed()) {
      const file = await this.folder.open(`journal-${generation}`);
      const { batches, end, firstEnd } = readBatches(file);
      if (batches.length === 0 && generation !== generations[0]) {
        file.close();
        await this.folder.remove(`journal-${generation}`);
        continue;
      }
      file.truncate(end);
      this.useJournal(file, generation, end, firstEnd);
      await this.removeJournals(generations.filter((other) => other < generation));
      return batches;
    }
    this.useJournal(await this.folder.open('journal-1'), 1, 0, 0);
    return [];
  }

  private useJournal(file: SyncFile, generation: number, end: number, snapshotEnd: number): void {
    this.journal = file;
    this.generation = generation;
    this.journalEnd = end;
    this.snapshotEnd = snapshotEnd;
  }

  private async removeJournals(generations: readonly number[]): Promise<void> {
    for (const generation of generations) await this.folder.remove(`journal-${generation}`);
  }

  commit(blocks: readonly Uint8Array[], batch: (places: readonly Place[]) => string): void {
    const places: Place[] = [];
    let first = 0;
    // One write for all blocks that lie side by side: a write costs a round trip to another process.
    while (first < blocks.length) {
      const segment = this.roomFor(blocks[first]?.length ?? 0);
      const start = segment.end;
      let end = start;
      let last = first;
      for (; last < blocks.length && (last === first || end + (blocks[last]?.length ?? 0) <= this.segmentBytes); last++) {
        const block = blocks[last] ?? new Uint8Array(0);
        places.push([this.current, end, block.length, crc32(block)]);
        end += block.length;
      }
      writeAll(segment.file, join(blocks.slice(first, last), end - start), start);
      segment.file.flush();
      segment.end = end;
      first = last;
    }
    this.journalEnd = writeBatch(this.journal, this.journalEnd, batch(places));
  }

  private roomFor(bytes: number): Segment {
    const segment = this.segments.get(this.current) as Segment; // `load` has opened it
    const following = this.segments.get(this.current + 1);
    if (segment.end === 0 || segment.end + bytes <= this.segmentBytes || following === undefined) return segment;
    this.current++;
    this.prepareNext();
    return following;
  }

  private prepareNext(): void {
    // Without it the current segment simply grows.
    this.next = this.openSegment(this.current + 1).catch(() => undefined);
  }

  read([segment, offset, length, crc]: Place): Uint8Array {
    const bytes = new Uint8Array(length);
    const got = this.segments.get(segment)?.file.read(bytes, { at: offset }) ?? 0;
    if (got !== length || crc32(bytes) !== crc) throw new SysError('EIO', 'content in storage is damaged');
    return bytes;
  }

  async snapshot(batch: string, live: Iterable<Place>): Promise<void> {
    const used = liveBytes(live);
    const generation = this.generation + 1;
    const file = await this.folder.open(`journal-${generation}`);
    file.truncate(0);
    const end = writeBatch(file, 0, batch);
    const previous = this.journal;
    const previousGeneration = this.generation;
    this.useJournal(file, generation, end, end);
    previous.close();
    await this.removeJournals([previousGeneration]);
    for (const [number, { file: segment }] of this.segments) {
      if (used.has(number) || number >= this.current) continue;
      segment.close();
      this.segments.delete(number);
      await this.folder.remove(`segment-${number}`);
    }
  }

  sparse(live: Iterable<Place>): Set<number> {
    const used = liveBytes(live);
    const sparse = new Set<number>();
    for (const [number, { end }] of this.segments) if (number < this.current && (used.get(number) ?? 0) < end / 2) sparse.add(number);
    return sparse;
  }

  close(): void {
    this.journal.close();
    for (const { file } of this.segments.values()) file.close();
    // One that is still being opened is closed when it comes.
    void this.next?.then(() => this.segments.get(this.current + 1)?.file.close());
  }
}

function liveBytes(live: Iterable<Place>): Map<number, number> {
  const used = new Map<number, number>();
  for (const [segment, , length] of live) used.set(segment, (used.get(segment) ?? 0) + length);
  return used;
}

function writeBatch(file: SyncFile, at: number, text: string): number {
  const payload = encoder.encode(text);
  const record = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, payload.length, true);
  view.setUint32(8, crc32(payload), true);
  record.set(payload, HEADER_BYTES);
  writeAll(file, record, at);
  file.flush();
  return at + record.length;
}

/** All whole batches; `end` is where the first one that is not begins. */
function readBatches(file: SyncFile): { batches: string[]; end: number; firstEnd: number } {
  const bytes = new Uint8Array(file.getSize());
  file.read(bytes, { at: 0 });
  const view = new DataView(bytes.buffer);
  const batches: string[] = [];
  let at = 0;
  let firstEnd = 0;
  while (at + HEADER_BYTES <= bytes.length && view.getUint32(at, true) === MAGIC) {
    const end = at + HEADER_BYTES + view.getUint32(at + 4, true);
    if (end > bytes.length) break;
    const payload = bytes.subarray(at + HEADER_BYTES, end);
    if (crc32(payload) !== view.getUint32(at + 8, true)) break;
    batches.push(decoder.decode(payload));
    at = end;
    if (firstEnd === 0) firstEnd = end;
  }
  return { batches, end: at, firstEnd };
}

function writeAll(file: SyncFile, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  const written = file.write(bytes, { at });
  if (written !== bytes.length) throw new SysError('ENOSPC', 'storage took only a part');
}

function join(blocks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const block of blocks) {
    joined.set(block, at);
    at += block.length;
  }
  return joined;
}
