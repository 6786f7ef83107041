import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Content } from '../../../shared/protocol/replica.ts';

/** What a text file of the document can hold: UTF-8 without NUL, of a size that an editor opens (as server/environments/content.ts). */
const MAX_TEXT_BYTES = 1024 * 1024;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BATCH = 0x2000;

export const hashOf = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

export function contentOf(bytes: Uint8Array): Content {
  if (bytes.length <= MAX_TEXT_BYTES && !bytes.includes(0)) {
    try {
      return { text: strict.decode(bytes) };
    } catch {
      // No UTF-8: bytes.
    }
  }
  let binary = '';
  for (let at = 0; at < bytes.length; at += BATCH) binary += String.fromCharCode(...bytes.subarray(at, at + BATCH));
  return { base64: btoa(binary) };
}

/** @throws for text that is no base64 */
export function bytesOf(content: Content): Uint8Array<ArrayBuffer> {
  if ('text' in content) return new TextEncoder().encode(content.text);
  return Uint8Array.from(atob(content.base64), (character) => character.charCodeAt(0));
}
