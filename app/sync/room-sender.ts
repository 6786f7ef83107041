import type * as Y from 'yjs';
import { textEdits } from '../../shared/document/edit-text.ts';
import { findByPath, type DocumentFile } from '../../shared/document/schema.ts';
import type { WriteResult } from '../../shared/protocol/room-write.ts';
import { AnswerLost, newKey, type RoomWrites, type WriteFields } from '../document/room-writes.ts';
import { bytesOf } from './content.ts';
import { rebase, type Rebased, type Unsent } from './unsent.ts';

/** After so many refusals in a row (others type all the time) an attempt waits a little. */
const PATIENCE = 10;
const RETRY_MS = 250;
const MAX_RETRY_MS = 30_000;

export interface SenderOptions {
  doc: Y.Doc;
  unsent: Map<string, Unsent>;
  /** Until the answer comes the file stays as it was sent: what is done with it meanwhile waits. */
  flights: Map<string, Promise<void>>;
  writes: Pick<RoomWrites, 'state' | 'write'>;
  putBlob(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** What came of the file other than still being unsent. `durable`: the room has said so. */
  resolved(path: string, unsent: Unsent, how: Exclude<Rebased['kind'], 'unsent'>, durable?: boolean): void;
  /** What is unsent at a path goes along with its file, which may have another name by now. */
  follow(path: string): void;
  /** It will not be taken, or (undefined) nothing is wrong with it any more. */
  failed(path: string, error: Error | undefined): void;
}

/** Brings what is unsent to the room, each file by itself, again and again until it is there. */
export class RoomSender {
  private readonly options: SenderOptions;
  private readonly running = new Set<string>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly unsubscribe: () => void;
  private stopped = false;

  constructor(options: SenderOptions) {
    this.options = options;
    this.unsubscribe = options.writes.state.subscribe((state) => {
      if (state === 'open') for (const path of options.unsent.keys()) this.send(path);
    });
  }

  stop(): void {
    this.stopped = true;
    this.unsubscribe();
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  /** Harmless when it is under way, or cannot be. */
  send(path: string): void {
    if (this.running.has(path)) return;
    this.running.add(path);
    clearTimeout(this.timers.get(path));
    this.timers.delete(path);
    void this.run(path);
  }

  private async run(path: string): Promise<void> {
    try {
      await this.untilSent(path);
    } finally {
      this.running.delete(path);
      // Asked for between the last attempt and here.
      if (this.mayRun(path) && !this.timers.has(path)) this.send(path);
    }
  }

  private async untilSent(path: string): Promise<void> {
    for (let attempts = 0; this.mayRun(path); attempts++) {
      try {
        await this.attempt(path);
        if (attempts >= PATIENCE) return this.later(path, RETRY_MS);
      } catch (error) {
        if (this.stopped) return;
        // Whether it was taken is seen after the next sync.
        if (error instanceof AnswerLost) return this.mayRun(path) ? this.later(path, RETRY_MS) : undefined;
        this.options.failed(path, error instanceof Error ? error : new Error(String(error)));
        return this.later(path, MAX_RETRY_MS);
      }
    }
  }

  private mayRun(path: string): boolean {
    return !this.stopped && this.options.unsent.has(path) && this.options.writes.state.getState() === 'open';
  }

  private later(path: string, ms: number): void {
    this.timers.set(path, setTimeout(() => this.send(path), ms));
  }

  private async attempt(path: string): Promise<void> {
    const { doc, unsent: all, flights, resolved, failed, putBlob, follow } = this.options;
    follow(path);
    const before = all.get(path);
    if (before === undefined) return;
    if (before.content !== null && 'base64' in before.content && before.hash !== null) await putBlob(before.hash, bytesOf(before.content));
    follow(path);
    if (all.get(path) !== before) return;
    const file = findByPath(doc, path);
    const rebased = rebase(before, file);
    if (rebased.kind !== 'unsent') {
      all.delete(path);
      failed(path, undefined);
      return resolved(path, before, rebased.kind);
    }
    const { unsent } = rebased;
    all.set(path, unsent);
    const key = newKey();
    const landed = Promise.withResolvers<void>();
    flights.set(path, landed.promise);
    try {
      const outcome = await this.options.writes.write({ ...writeOf(path, file, unsent), key });
      if (outcome === 'refused' || this.stopped || all.get(path) !== unsent) return;
      all.delete(path);
    } catch (error) {
      if (all.get(path) === unsent) all.set(path, { ...unsent, doubt: { key, unsent } });
      throw error;
    } finally {
      flights.delete(path);
      landed.resolve();
    }
    failed(path, undefined);
    resolved(path, unsent, 'settled', true);
  }
}

function writeOf(path: string, file: DocumentFile | undefined, { base, content, hash, mode }: Unsent): WriteFields {
  return { path, base, result: resultOf(file, content, hash), ...(file === undefined ? {} : { file: file.id }), ...(mode === undefined ? {} : { mode }) };
}

function resultOf(file: DocumentFile | undefined, content: Unsent['content'], hash: string | null): WriteResult {
  if (content === null || hash === null) return { kind: 'gone' };
  if ('base64' in content) return { kind: 'blob', blob: hash, size: bytesOf(content).length };
  if (file?.kind !== 'text') return { kind: 'text', text: content.text };
  return { kind: 'edits', hash, edits: textEdits(file.text.toString(), content.text) };
}
