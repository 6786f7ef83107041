/** Order, swaps, fills and checks of Buffer (node_buffer.cc). */
export function compareBytes(a: Uint8Array, b: Uint8Array): -1 | 0 | 1 {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

/** Reverses each group of `width` bytes in place. */
export function swap(bytes: Uint8Array, width: number): Uint8Array {
  for (let at = 0; at + width <= bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}

/** Repeats `pattern` from `start` to `end`, doubling what is there already. */
export function fillWith(bytes: Uint8Array, pattern: Uint8Array, start: number, end: number): void {
  const first = Math.min(pattern.length, end - start);
  bytes.set(pattern.subarray(0, first), start);
  for (let filled = first; filled < end - start; filled *= 2) bytes.copyWithin(start + filled, start, start + Math.min(filled, end - start - filled));
}

export function isValidUtf8(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
