/** Lines of a stream that comes in pieces, from somebody who may send none: no line is longer than `limit` characters. */
export class BoundedLines {
  readonly #limit: number;
  #parts: string[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines that this piece ends, without empty ones. @throws {RangeError} for one that is too long */
  push(piece: string): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = piece.indexOf('\n'); at !== -1; at = piece.indexOf('\n', from)) {
      this.#keep(piece.slice(from, at));
      const line = this.#parts.join('');
      if (line !== '') lines.push(line);
      this.#parts = [];
      this.#length = 0;
      from = at + 1;
    }
    this.#keep(piece.slice(from));
    return lines;
  }

  #keep(part: string): void {
    this.#length += part.length;
    if (this.#length > this.#limit) throw new RangeError(`A line is longer than ${this.#limit} characters.`);
    if (part !== '') this.#parts.push(part);
  }
}
