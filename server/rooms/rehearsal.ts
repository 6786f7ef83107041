/** What a change of a document would do, found on a copy: the document itself has no way back once a transaction has begun. */
import * as Y from 'yjs';
import { filesMap, getFile } from '../../shared/document/schema.ts';

export interface TouchedFile {
  id: string;
  /** Where it is before the change; empty for one that the change makes. */
  path: string;
}

/** The files that `change` changes, moves, deletes or makes. What it throws is thrown. Costs a copy of the document. */
export function rehearse(doc: Y.Doc, change: (doc: Y.Doc) => unknown): TouchedFile[] {
  const copy = new Y.Doc();
  try {
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
    const touched = new Set<string>();
    filesMap(copy).observeDeep((events) => {
      for (const event of events) for (const id of filesOf(event)) touched.add(id);
    });
    copy.transact(() => change(copy));
    return [...touched].map((id) => ({ id, path: getFile(doc, id)?.path ?? '' }));
  } finally {
    copy.destroy();
  }
}

/** Ids of the files that an event of the map of files speaks of. */
export function filesOf(event: Y.YEvent<Y.AbstractType<unknown>>): string[] {
  const [first] = event.path;
  if (event.path.length > 0) return typeof first === 'string' ? [first] : [];
  return [...event.keys.keys()];
}
