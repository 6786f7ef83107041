import type * as NobleAes from './noble-aes.ts';

/** The bundler's: a module that is required is evaluated when it is. Most programs that load `node:crypto` want a digest alone. */
declare const require: (path: string) => unknown;

/** AES by block and in chained modes. */
export const aes = (): typeof NobleAes => require('./noble-aes.ts') as typeof NobleAes;
