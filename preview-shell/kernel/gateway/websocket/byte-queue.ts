/** Bytes that arrive in pieces and are taken in others; each is copied once, when it is taken. */
export class ByteQueue {
  readonly #pieces: Uint8Array[] = [];
  #first = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** A copy of the first bytes, as many as there are up to `size`; they stay. */
  peek(size: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.min(size, this.#length));
    for (let at = 0, piece = this.#first; at < bytes.length; piece++) {
      const part = (this.#pieces[piece] as Uint8Array).subarray(0, bytes.length - at);
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** A copy of the first `size` bytes, of which there must be as many; they go. */
  take(size: number): Uint8Array<ArrayBuffer> {
    const bytes = this.peek(size);
    this.drop(size);
    return bytes;
  }

  drop(size: number): void {
    this.#length -= size;
    for (let rest = size; rest > 0;) {
      const piece = this.#pieces[this.#first] as Uint8Array;
      if (piece.length > rest) this.#pieces[this.#first] = piece.subarray(rest);
      else this.#first++;
      rest -= Math.min(rest, piece.length);
    }
    // Not at each call: what is left would be moved each time.
    if (this.#first <= this.#pieces.length / 2) return;
    this.#pieces.splice(0, this.#first);
    this.#first = 0;
  }
}
