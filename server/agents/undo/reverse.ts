/** Takes changes of a file back: what the agent inserted and is still there goes, what it deleted of others comes back in its place (SPEC.md, U2-U4). */
import type * as Y from 'yjs';
import { applyEdits } from '../../../shared/document/edit-text.ts';
import type { TextEdit } from '../../../shared/document/edit-text.ts';
import { addBinaryFile, addTextFile, deleteFile, filesMap, getFile, renameFile } from '../../../shared/document/schema.ts';
import type { DocumentFile } from '../../../shared/document/schema.ts';
import type { FileChange, IdRange, Segment } from './change.ts';
import { segmentsOf } from './record.ts';

/** `partly`: something could not be taken back without touching what others did since. */
export type Reversal = 'undone' | 'partly' | 'nothing left';

/** Works inside the caller's transaction. `isFree` says whether a file may have this path. */
export function reverseFile(doc: Y.Doc, id: string, changes: readonly FileChange[], isFree: (path: string, id: string) => boolean): Reversal {
  const own = new Ranges(changes.flatMap(({ inserted = [] }) => inserted));
  const deleted = changes.flatMap((change) => change.deleted ?? []).flatMap((piece) => withoutOwn(piece, own));
  const created = changes.some((change) => change.created === true);
  const file = getFile(doc, id);
  if (file === undefined) return created ? 'nothing left' : bringBack(doc, id, changes, own, deleted, isFree);
  if (created && isAllOwn(file, own)) {
    deleteFile(doc, id);
    return 'undone';
  }
  const parts = [reverseText(file, own, deleted), reverseBytes(doc, file, changes), reverseMove(doc, file, changes, isFree)];
  if (created) return 'partly';
  return parts.includes('partly') ? 'partly' : parts.includes('undone') ? 'undone' : 'nothing left';
}

type Deleted = NonNullable<FileChange['deleted']>;

/** Neighbouring characters of several authors may have been deleted as one item. */
function withoutOwn({ id: [client, clock, length], text }: Deleted[number], own: Ranges): Deleted {
  const pieces: Deleted = [];
  let from = 0;
  for (const [start, end] of [...own.within([client, clock, length]), [length, length] as const]) {
    if (start > from) pieces.push({ id: [client, clock + from, start - from], text: text.slice(from, start) });
    from = end;
  }
  return pieces;
}

function reverseText(file: DocumentFile, own: Ranges, deleted: Deleted): Reversal {
  if (file.kind !== 'text') return 'nothing left';
  const edits = editsBack(segmentsOf(file.text), own, deleted);
  applyEdits(file.text, edits);
  return edits.length > 0 ? 'undone' : 'nothing left';
}

/** In the order of their places, as `applyEdits` wants them. */
export function editsBack(segments: readonly Segment[], own: Ranges, deleted: Deleted): TextEdit[] {
  const edits: TextEdit[] = [];
  let at = 0;
  for (const { id, text } of segments) {
    if (text === undefined) {
      const insert = textOf(id, deleted);
      if (insert !== '') edits.push({ at, end: at, insert });
      continue;
    }
    for (const [from, to] of own.within(id)) edits.push({ at: at + from, end: at + to, insert: '' });
    at += text.length;
  }
  return edits;
}

/** What was deleted of a tombstone's characters. */
function textOf([client, clock, length]: IdRange, deleted: Deleted): string {
  return deleted
    .filter(({ id }) => id[0] === client && id[1] < clock + length && id[1] + id[2] > clock)
    .sort((a, b) => a.id[1] - b.id[1])
    .map(({ id, text }) => text.slice(Math.max(0, clock - id[1]), clock + length - id[1]))
    .join('');
}

function reverseMove(doc: Y.Doc, { id, path }: DocumentFile, changes: readonly FileChange[], isFree: (path: string, id: string) => boolean): Reversal {
  const moves = changes.flatMap(({ moved }) => (moved === undefined ? [] : [moved]));
  const [first, last] = [moves[0], moves.at(-1)];
  if (first === undefined || last === undefined || first.from === path) return 'nothing left';
  if (path !== last.to || !isFree(first.from, id)) return 'partly';
  renameFile(doc, id, first.from);
  return 'undone';
}

function reverseBytes(doc: Y.Doc, file: DocumentFile, changes: readonly FileChange[]): Reversal {
  const bytes = changes.flatMap((change) => (change.bytes === undefined ? [] : [change.bytes]));
  const [first, last] = [bytes[0], bytes.at(-1)];
  if (first === undefined || last === undefined || file.kind !== 'binary') return 'nothing left';
  if (file.blob !== last.after.blob) return 'partly';
  filesMap(doc).get(file.id)?.set('blob', first.before.blob);
  filesMap(doc).get(file.id)?.set('size', first.before.size);
  return 'undone';
}

function bringBack(doc: Y.Doc, id: string, changes: readonly FileChange[], own: Ranges, deleted: Deleted, isFree: (path: string, id: string) => boolean): Reversal {
  const removed = changes.findLast((change) => change.removed !== undefined)?.removed;
  if (removed === undefined) return 'nothing left';
  const path = changes.find((change) => change.moved !== undefined)?.moved?.from ?? removed.path;
  if (!isFree(path, id)) return 'partly';
  const fields = { id, path, ...(removed.mode === undefined ? {} : { mode: removed.mode }) };
  if (removed.binary !== undefined) addBinaryFile(doc, { ...fields, ...(changes.find((change) => change.bytes !== undefined)?.bytes?.before ?? removed.binary) });
  else addTextFile(doc, { ...fields, content: textBack(removed.segments ?? [], own, deleted) });
  return 'undone';
}

function textBack(segments: readonly Segment[], own: Ranges, deleted: Deleted): string {
  const whole = segments.map(({ text = '' }) => text).join('');
  return editsBack(segments, own, deleted).toReversed().reduce((text, { at, end, insert }) => text.slice(0, at) + insert + text.slice(end), whole);
}

/** Nobody else has written into the file. */
function isAllOwn(file: DocumentFile, own: Ranges): boolean {
  if (file.kind === 'binary') return true;
  return segmentsOf(file.text).every(({ id, text }) => text === undefined || own.within(id).reduce((sum, [from, to]) => sum + to - from, 0) === text.length);
}

/** A set of ids. */
export class Ranges {
  readonly #byClient: Map<number, [start: number, end: number][]>;

  constructor(ranges: readonly IdRange[]) {
    this.#byClient = new Map();
    for (const [client, list] of Map.groupBy(ranges, ([id]) => id)) {
      const merged: [number, number][] = [];
      for (const [, clock, length] of list.toSorted((a, b) => a[1] - b[1])) {
        const last = merged.at(-1);
        if (last !== undefined && clock <= last[1]) last[1] = Math.max(last[1], clock + length);
        else merged.push([clock, clock + length]);
      }
      this.#byClient.set(client, merged);
    }
  }

  /** Which of these characters are in the set: offsets from the first, in order. */
  within([client, clock, length]: IdRange): [from: number, to: number][] {
    return (this.#byClient.get(client) ?? []).flatMap(([start, end]): [number, number][] => {
      const [from, to] = [Math.max(start, clock), Math.min(end, clock + length)];
      return from < to ? [[from - clock, to - clock]] : [];
    });
  }
}
