import { join } from 'node:path';

/** Where the pack of a hash (64 hex digits, checked by the caller) is kept. */
export const packPath = (dataDir: string, hash: string): string => join(dataDir, 'packs', hash.slice(0, 2), hash);
