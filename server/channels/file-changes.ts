/** Which files of a room's document changed, and by whom, told to the activity (SPEC D7). */
import type * as Y from 'yjs';
import type { Author } from '../../shared/document/author.ts';
import { authorKey } from '../../shared/document/author.ts';
import { filesMap, listFiles, readEntry } from '../../shared/document/schema.ts';
import type { FileRecord } from '../../shared/protocol/activity.ts';
import type { Activity } from '../activity/activity.ts';

/** Changes are told so long after the first of them, in milliseconds: a line typed is one record. */
const TOGETHER_MS = 500;

export interface WatchedRoom {
  readonly environmentId: string;
  readonly doc: Y.Doc;
  authorOf(origin: unknown): Author;
}

/** Until the document is destroyed. */
export function watchFiles(room: WatchedRoom, activity: Pick<Activity, 'append'>): void {
  const paths = new Map(listFiles(room.doc).map(({ id, path }) => [id, path]));
  const pending = new Map<string, { record: FileRecord; author: Author }>();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const { record, author } of pending.values()) activity.append(room.environmentId, 'file', record, author);
    pending.clear();
  }

  function note(id: string, record: FileRecord, author: Author): void {
    const key = `${authorKey(author)}\n${id}`;
    const before = pending.get(key)?.record.change;
    // What was typed into a file that is new is part of its being added.
    if (record.change === 'changed' && (before === 'added' || before === 'moved')) return;
    if (before !== undefined && before !== 'changed') flush();
    pending.set(key, { record, author });
    timer ??= setTimeout(flush, TOGETHER_MS).unref();
  }

  function look(id: string, author: Author): void {
    const before = paths.get(id);
    const after = readEntry(id, filesMap(room.doc).get(id))?.path;
    if (after === undefined) {
      paths.delete(id);
      if (before !== undefined) note(id, { change: 'removed', path: before }, author);
      return;
    }
    paths.set(id, after);
    if (before === undefined) note(id, { change: 'added', path: after }, author);
    else if (before !== after) note(id, { change: 'moved', path: after, from: before }, author);
    else note(id, { change: 'changed', path: after }, author);
  }

  filesMap(room.doc).observeDeep((events, { origin }) => {
    const author = room.authorOf(origin);
    const ids = events.flatMap((event) => (event.path.length === 0 ? [...event.keys.keys()] : [String(event.path[0])]));
    for (const id of new Set(ids)) look(id, author);
  });
  room.doc.on('destroy', flush);
}
