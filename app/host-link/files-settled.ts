import * as Y from 'yjs';
import { covers, stateVectorOf } from '../document/saved.ts';

/** Waits until the document has what the snapshot has, and then until the container's disk has it. `sync` is nothing while no container runs. */
export async function filesSettled(doc: Y.Doc, sync: () => Promise<void> | undefined, snapshot: string, limitMs: number): Promise<{ settled: boolean }> {
  const wanted = Y.decodeSnapshot(Uint8Array.from(atob(snapshot), (character) => character.charCodeAt(0)));
  const limit = Promise.withResolvers<false>();
  const timer = setTimeout(() => limit.resolve(false), limitMs);
  const arrival = arrived(doc, wanted);
  try {
    const brought = arrival.done.then(async () => {
      const settling = sync();
      if (settling === undefined) return false;
      await settling;
      return true;
    });
    return { settled: await Promise.race([brought, limit.promise]) };
  } finally {
    clearTimeout(timer);
    arrival.stop();
  }
}

function arrived(doc: Y.Doc, wanted: Y.Snapshot): { done: Promise<void>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const check = () => has(doc, wanted) && resolve();
  doc.on('update', check);
  check();
  return { done: promise, stop: () => doc.off('update', check) };
}

/** Deletions advance no clock: they are compared by themselves. */
function has(doc: Y.Doc, wanted: Y.Snapshot): boolean {
  if (!covers(stateVectorOf(doc), wanted.sv)) return false;
  const { ds } = Y.snapshot(doc);
  return Y.equalDeleteSets(Y.mergeDeleteSets([ds, wanted.ds]), ds);
}
