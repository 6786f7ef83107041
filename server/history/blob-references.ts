/** Who refers to blobs of an environment (SPEC H8). */
import { filesMap } from '../../shared/document/schema.ts';
import type { AgentSessions } from '../agents/sessions.ts';
import type { Rooms } from '../rooms/rooms.ts';

/** In one turn; undefined while parts of the document have not come yet, which may refer to any. */
export function blobReferences(environmentId: string, { rooms, sessions }: { rooms: Pick<Rooms, 'read' | 'revisions'>; sessions: Pick<AgentSessions, 'blobs'> }): Set<string> | undefined {
  const inDocument = rooms.read(environmentId, (doc) => {
    if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) return undefined;
    // Entries that are no readable file count too: what makes them one may be on its way.
    return [...filesMap(doc).values()].flatMap((entry): string[] => {
      const blob: unknown = entry.get('blob');
      return typeof blob === 'string' ? [blob] : [];
    });
  });
  return inDocument === undefined ? undefined : new Set([...inDocument, ...rooms.revisions.blobs(environmentId), ...sessions.blobs(environmentId)]);
}
