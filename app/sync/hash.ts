import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

const encoder = new TextEncoder();

/** SHA-256 of the text in UTF-8, as the replica computes it of the file. */
export const hashOfText = (text: string): string => bytesToHex(sha256(encoder.encode(text)));

export const hashOfBytes = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));
