/** The bytes of one direction of a slow network: all connections share its rate, and each byte is on its way for a while. */
import { Transform, type TransformCallback } from 'node:stream';

/** May change at any time. */
export interface Slowness {
  bytesPerSecond: number;
  /** Of a way there and back. */
  latencyMs: number;
}

/** When the line is free again, on the clock of `performance.now()`. */
export interface Line {
  freeAt: number;
}

/** Connections take turns: none waits for long behind another's piece. */
const PIECE = 4096;

export class Slowed extends Transform {
  private readonly line: Line;
  private readonly slowness: Slowness;
  private readonly underway: Buffer[] = [];
  private ended: TransformCallback | undefined;

  constructor(line: Line, slowness: Slowness) {
    super();
    this.line = line;
    this.slowness = slowness;
  }

  override _transform(chunk: Buffer, encoding: BufferEncoding, taken: TransformCallback): void {
    const piece = chunk.subarray(0, PIECE);
    const rest = chunk.subarray(PIECE);
    const now = performance.now();
    this.line.freeAt = Math.max(now, this.line.freeAt) + (piece.length * 1000) / this.slowness.bytesPerSecond;
    const sentIn = this.line.freeAt - now;
    this.underway.push(piece);
    setTimeout(() => (rest.length === 0 ? taken() : this._transform(rest, encoding, taken)), sentIn);
    setTimeout(() => this.arrive(), sentIn + this.slowness.latencyMs / 2);
  }

  override _flush(done: TransformCallback): void {
    if (this.underway.length === 0) done();
    else this.ended = done;
  }

  /** In the order in which they were sent, whatever timers do. */
  private arrive(): void {
    const piece = this.underway.shift();
    if (!this.destroyed && piece !== undefined) this.push(piece);
    if (this.underway.length === 0) this.ended?.();
  }
}
