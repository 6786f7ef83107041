/** Values at rest: AES-256-GCM (NIST SP 800-38D), bound to where they stand, so that one row's value is nothing in another row. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { TerrariumError } from '../../shared/errors/error.ts';

/** Bytes of nonce and tag. */
const NONCE = 12;
const TAG = 16;

export interface Seal {
  close(text: string, place: string): Uint8Array;
  /** @throws {TerrariumError} 1263 for what was closed with another key or for another place */
  open(sealed: Uint8Array, place: string): string;
}

/** `key` of 32 bytes. */
export function createSeal(key: Uint8Array): Seal {
  return {
    close(text, place) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, place) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE)).setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
        return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
      } catch {
        throw TerrariumError.of('E-TERRARIUM-1263');
      }
    },
  };
}
