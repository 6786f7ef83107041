/** The browser's random numbers. */
import { native } from '../../natives.ts';

/** The most that `getRandomValues` gives at a time (Web Cryptography API, 10.1.1). */
const QUOTA = 65536;

/** @param bytes may lie in shared memory */
export function fillRandom(bytes: Uint8Array): void {
  const part = new Uint8Array(Math.min(QUOTA, bytes.length));
  for (let at = 0; at < bytes.length; at += QUOTA) {
    // By way of a copy: shared memory is refused.
    const filled = native.crypto.getRandomValues(part.subarray(0, Math.min(QUOTA, bytes.length - at)));
    bytes.set(filled, at);
  }
}

export function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  fillRandom(bytes);
  return bytes;
}
