/** Name of the database in which this browser keeps an environment's document. */
export const localCopyName = (environmentId: string): string => `terrarium:document:${environmentId}`;

/** Deletes it, as soon as no page has it open. Storage that is blocked holds none. */
export function forgetDocument(environmentId: string): void {
  try {
    indexedDB.deleteDatabase(localCopyName(environmentId));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
