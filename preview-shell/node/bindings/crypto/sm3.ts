/** SM3 (GB/T 32905-2016; draft-sca-cfrg-sm3). */
import { HashMD } from '@noble/hashes/_md.js';
import { createHasher } from '@noble/hashes/utils.js';

const START = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
const ROUNDS = 64;

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
const p0 = (word: number): number => word ^ rotate(word, 9) ^ rotate(word, 17);
const p1 = (word: number): number => word ^ rotate(word, 15) ^ rotate(word, 23);

class Sm3 extends HashMD<Sm3> {
  #state = Int32Array.from(START);
  readonly #words = new Int32Array(68);

  constructor() {
    super(64, 32, 8, false);
  }

  protected get(): number[] {
    return [...this.#state];
  }

  protected set(...state: number[]): void {
    this.#state = Int32Array.from(state);
  }

  protected process(view: DataView, offset: number): void {
    this.#expand(view, offset);
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = this.#state;
    for (let round = 0; round < ROUNDS; round++) {
      const early = round < 16;
      const ss1 = rotate((rotate(a, 12) + e + rotate(early ? 0x79cc4519 : 0x7a879d8a, round % 32)) | 0, 7);
      const tt1 = ((early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + (ss1 ^ rotate(a, 12)) + (this.#word(round) ^ this.#word(round + 4))) | 0;
      const tt2 = ((early ? e ^ f ^ g : (e & f) | (~e & g)) + h + ss1 + this.#word(round)) | 0;
      [d, c, b, a] = [c, rotate(b, 9), a, tt1];
      [h, g, f, e] = [g, rotate(f, 19), e, p0(tt2)];
    }
    this.#state = this.#state.map((word, at) => word ^ ([a, b, c, d, e, f, g, h][at] as number));
  }

  #expand(view: DataView, offset: number): void {
    for (let at = 0; at < 16; at++) this.#words[at] = view.getInt32(offset + at * 4);
    for (let at = 16; at < 68; at++) {
      this.#words[at] = p1(this.#word(at - 16) ^ this.#word(at - 9) ^ rotate(this.#word(at - 3), 15)) ^ rotate(this.#word(at - 13), 7) ^ this.#word(at - 6);
    }
  }

  #word(at: number): number {
    return this.#words[at] as number;
  }

  protected roundClean(): void {
    this.#words.fill(0);
  }

  destroy(): void {
    this.#state.fill(0);
    this.roundClean();
  }

  _cloneInto(to: Sm3 = new Sm3()): Sm3 {
    to.set(...this.get());
    to.buffer.set(this.buffer);
    to.length = this.length;
    to.pos = this.pos;
    to.finished = this.finished;
    to.destroyed = this.destroyed;
    return to;
  }
}

export const sm3 = createHasher(() => new Sm3());
