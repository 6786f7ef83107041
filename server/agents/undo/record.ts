/** Reads what a transaction did, file by file, before Yjs forgets the content of what was deleted. */
import * as Y from 'yjs';
import { filesMap, getFile } from '../../../shared/document/schema.ts';
import type { FileChange, IdRange, Segment } from './change.ts';

/** File id -> what happened to it. To be called in `afterTransaction`: garbage is collected after that. */
export function changesOf(transaction: Y.Transaction): Map<string, FileChange> {
  const { doc } = transaction;
  const files = filesMap(doc);
  const changes = new Map<string, FileChange>();
  const of = (id: string): FileChange => {
    const change = changes.get(id) ?? {};
    changes.set(id, change);
    return change;
  };
  for (const event of transaction.changedParentTypes.get(files as unknown as Y.AbstractType<Y.YEvent<Y.AbstractType<unknown>>>) ?? []) {
    if (event.target === (files as unknown)) readFiles(event, transaction, of);
    else if (event.target instanceof Y.Map && event.target.parent === (files as unknown)) readEntry(event, of);
  }
  const inserted = insertedIn(transaction);
  for (const type of transaction.changed.keys()) {
    const id = type instanceof Y.Text ? fileIdOf(type, files) : undefined;
    if (id !== undefined && getFile(doc, id) !== undefined) of(id).inserted = inserted;
  }
  for (const change of changes.values()) if (change.created === true) change.inserted = inserted;
  readDeleted(transaction, files, (id) => (changes.get(id)?.removed === undefined ? of(id) : undefined));
  return changes;
}

function readFiles(event: Y.YEvent<Y.AbstractType<unknown>>, transaction: Y.Transaction, of: (id: string) => FileChange): void {
  for (const [id, { action, oldValue }] of event.keys) {
    if (action === 'add') of(id).created = true;
    else if (action === 'delete' && oldValue instanceof Y.Map) {
      const removed = removedOf(oldValue as Y.Map<unknown>, transaction);
      if (removed !== undefined) of(id).removed = removed;
    }
  }
}

function readEntry(event: Y.YEvent<Y.AbstractType<unknown>>, of: (id: string) => FileChange): void {
  const entry = event.target as Y.Map<unknown>;
  const id = entry._item?.parentSub;
  if (id === null || id === undefined || event.keys.size === 0) return;
  const old = (key: string): unknown => event.keys.get(key)?.oldValue;
  const [from, to] = [old('path'), entry.get('path')];
  if (typeof from === 'string' && typeof to === 'string') of(id).moved = { from, to };
  const [blob, after] = [old('blob'), entry.get('blob')];
  if (typeof blob === 'string' && typeof after === 'string') of(id).bytes = { before: { blob, size: Number(old('size') ?? entry.get('size')) }, after: { blob: after, size: Number(entry.get('size')) } };
}

function insertedIn({ beforeState, afterState }: Y.Transaction): IdRange[] {
  return [...afterState].flatMap(([client, after]): IdRange[] => {
    const before = beforeState.get(client) ?? 0;
    return after > before ? [[client, before, after - before]] : [];
  });
}

function readDeleted(transaction: Y.Transaction, files: unknown, of: (id: string) => FileChange | undefined): void {
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString) || !(struct.parent instanceof Y.Text)) return;
    const id = fileIdOf(struct.parent, files);
    const change = id === undefined ? undefined : of(id);
    if (change !== undefined) (change.deleted ??= []).push({ id: [struct.id.client, struct.id.clock, struct.length], text: struct.content.str });
  });
}

/** The id of the file whose text this is. */
function fileIdOf(text: Y.Text, files: unknown): string | undefined {
  const entry = text._item?.parent;
  return entry instanceof Y.Map && entry.parent === files ? (entry._item?.parentSub ?? undefined) : undefined;
}

/** An entry that was deleted answers `get` no more; its items are still there. */
function removedOf(entry: Y.Map<unknown>, transaction: Y.Transaction): FileChange['removed'] {
  const value = (key: string): unknown => entry._map.get(key)?.content.getContent().at(-1);
  const [path, mode, text, blob, size] = [value('path'), value('mode'), value('text'), value('blob'), value('size')];
  if (typeof path !== 'string') return undefined;
  const kept = { path, ...(typeof mode === 'number' ? { mode } : {}) };
  if (text instanceof Y.Text) return { ...kept, segments: segmentsOf(text, (item) => item.deleted && !Y.isDeleted(transaction.deleteSet, item.id)) };
  return typeof blob === 'string' ? { ...kept, binary: { blob, size: Number(size ?? 0) } } : undefined;
}

/** All characters of a text, tombstones too, in their order. */
export function segmentsOf(text: Y.Text, isTombstone: (item: Y.Item) => boolean = (item) => item.deleted): Segment[] {
  const segments: Segment[] = [];
  for (let item = text._start; item !== null; item = item.right) {
    const id: IdRange = [item.id.client, item.id.clock, item.length];
    if (item.content instanceof Y.ContentString && !isTombstone(item)) segments.push({ id, text: item.content.str });
    else if (item.content instanceof Y.ContentString || item.content instanceof Y.ContentDeleted) segments.push({ id });
  }
  return segments;
}
