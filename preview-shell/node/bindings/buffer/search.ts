/** `indexOf` and `lastIndexOf` of Buffer (node_buffer.cc). */

/** Where a search starts, or -1 when there is no match to be had (IndexOfOffset). */
export function startOf(length: number, offset: number, needle: number, forward: boolean): number {
  if (offset < 0) {
    if (offset + length >= 0) return length + offset;
    return forward || needle === 0 ? 0 : -1;
  }
  if (offset + needle <= length) return offset;
  if (needle === 0) return length;
  return forward ? -1 : length - 1;
}

/** `step` 2 compares UTF-16 units: matches begin at even offsets only. */
export function search(haystack: Uint8Array, needle: Uint8Array, offset: number, forward: boolean, step: 1 | 2): number {
  const start = startOf(haystack.length, offset, needle.length, forward);
  if (needle.length === 0) return start;
  if (haystack.length === 0 || start < 0 || needle.length > haystack.length) return -1;
  if (forward && needle.length + start > haystack.length) return -1;
  if (step === 2 && (haystack.length < 2 || needle.length < 2)) return -1;
  const aligned = step === 2 ? start & ~1 : start;
  return forward ? searchForward(haystack, needle, aligned, step) : searchBackward(haystack, needle, aligned, step);
}

/** The engine's own: Buffer's, which a haystack may have, is made of this. */
const nativeIndexOf = Uint8Array.prototype.indexOf;

function searchForward(haystack: Uint8Array, needle: Uint8Array, start: number, step: number): number {
  const first = needle[0] as number;
  const last = haystack.length - needle.length;
  for (let at = nativeIndexOf.call(haystack, first, start); at >= 0 && at <= last; at = nativeIndexOf.call(haystack, first, at + 1)) {
    if (at % step === 0 && matches(haystack, needle, at)) return at;
  }
  return -1;
}

function searchBackward(haystack: Uint8Array, needle: Uint8Array, start: number, step: number): number {
  const last = haystack.length - needle.length;
  for (let at = Math.min(start, step === 2 ? last & ~1 : last); at >= 0; at -= step) if (matches(haystack, needle, at)) return at;
  return -1;
}

function matches(haystack: Uint8Array, needle: Uint8Array, at: number): boolean {
  for (let i = 0; i < needle.length; i++) if (haystack[at + i] !== needle[i]) return false;
  return true;
}
