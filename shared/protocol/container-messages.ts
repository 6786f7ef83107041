/** What the container says by its `error` event about the browser's storage. Hostile like all of it: who hears it shows a sentence of its own. */
export const STORAGE_FULL = 'E-TERRARIUM-1142 The browser gives no more storage: what programs write from here on is refused until there is room.';
export const STORAGE_FREE = 'The browser gives storage again.';
