/**
 * The bytes in memory that all threads see. What came from outside is given back at once: the place it takes is not the garbage collector's own, and
 * in a page that is seldom busy it would be held for minutes.
 */
export function sharedBytes(bytes: ArrayBuffer): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(shared).set(new Uint8Array(bytes));
  bytes.transfer(0);
  return shared;
}
