import type { DocumentFile } from '../../shared/document/schema.ts';
import type { Content } from '../../shared/protocol/replica.ts';
import { hashOfBytes, hashOfText } from './hash.ts';

export const hashOfFile = (file: DocumentFile): string => (file.kind === 'text' ? hashOfText(file.text.toString()) : file.blob);

export const hashOfContent = (content: Content): string => ('text' in content ? hashOfText(content.text) : hashOfBytes(bytesOf(content)));

/** `src/a.ts` -> `src/a (disk copy).ts`, and from the second on with a number. */
export function beside(path: string, count: number): string {
  const dot = path.lastIndexOf('.');
  const at = dot > path.lastIndexOf('/') + 1 ? dot : path.length;
  return `${path.slice(0, at)} (disk copy${count === 1 ? '' : ` ${count}`})${path.slice(at)}`;
}

const BATCH = 0x2000;

export function base64Of(buffer: ArrayBuffer): string {
  const bytes = new Uint8Array(buffer);
  let binary = '';
  for (let at = 0; at < bytes.length; at += BATCH) binary += String.fromCharCode(...bytes.subarray(at, at + BATCH));
  return btoa(binary);
}

export function bytesOf(content: Content): Uint8Array<ArrayBuffer> {
  if ('text' in content) return new TextEncoder().encode(content.text);
  return Uint8Array.from(atob(content.base64), (character) => character.charCodeAt(0));
}
