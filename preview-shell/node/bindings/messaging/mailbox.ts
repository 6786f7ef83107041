/**
 * The shared side of a MessageChannel: words in shared memory that both ends see at once, and the kernel's mailbox, in which a thread finds messages
 * without turning its event loop. Every message still goes through the browser's own port, which alone carries shared memory, modules and ports; a
 * copy goes to the mailbox when the receiver has no listener or has asked for messages synchronously, and the sequence number tells copies apart.
 */
import { MAX_TRANSFER } from '../../../abi/channel.ts';
import type { KernelLink } from '../../context.ts';

/** Words of a channel. For each of two ends: how it receives, how many messages it sent, how many it has taken. */
const WORDS = { mode: 0, sent: 2, taken: 4 } as const;
const CHANNEL_WORDS = 8;
const CHANNELS_IN_BLOCK = 512;

/** How an end receives. */
export const MODE = { listening: 1, synchronous: 2 } as const;

/** What travels with a port: enough to find its words. */
export interface EndAddress {
  readonly block: Int32Array<SharedArrayBuffer>;
  readonly index: number;
  readonly channel: string;
  readonly side: 0 | 1;
}

export class ChannelEnd {
  readonly address: EndAddress;
  private readonly words: Int32Array;
  private readonly kernel: Pick<KernelLink, 'call'>;

  constructor(address: EndAddress, kernel: Pick<KernelLink, 'call'>) {
    this.address = address;
    this.words = address.block.subarray(address.index * CHANNEL_WORDS, (address.index + 1) * CHANNEL_WORDS);
    this.kernel = kernel;
  }

  private get side(): 0 | 1 {
    return this.address.side;
  }

  private get other(): 0 | 1 {
    return this.side === 0 ? 1 : 0;
  }

  /** Number of the next message that this end sends; the first is 1. */
  nextSequence(): number {
    return Atomics.add(this.words, WORDS.sent + this.side, 1) + 1;
  }

  get sentByOther(): number {
    return Atomics.load(this.words, WORDS.sent + this.other);
  }

  /** Number of the last message that this end has handed on. */
  get taken(): number {
    return Atomics.load(this.words, WORDS.taken + this.side);
  }

  set taken(sequence: number) {
    Atomics.store(this.words, WORDS.taken + this.side, sequence);
  }

  setMode(bit: number, on: boolean): void {
    if (on) Atomics.or(this.words, this.side + WORDS.mode, bit);
    else Atomics.and(this.words, this.side + WORDS.mode, ~bit);
  }

  get otherMode(): number {
    return Atomics.load(this.words, WORDS.mode + this.other);
  }

  put(sequence: number, bytes: Uint8Array): void {
    for (let at = 0; at === 0 || at < bytes.length; at += MAX_TRANSFER) {
      const piece = bytes.subarray(at, at + MAX_TRANSFER);
      this.kernel.call('mailbox.put', this.address.channel, this.other, sequence, piece, at + MAX_TRANSFER >= bytes.length);
    }
  }

  /** The message of that number, where a copy was put. */
  take(sequence: number): Uint8Array | undefined {
    const pieces: Uint8Array[] = [];
    for (let last = false; !last;) {
      const answer = this.kernel.call('mailbox.take', this.address.channel, this.side, sequence) as [Uint8Array, boolean] | null;
      if (answer === null) return undefined;
      pieces.push(answer[0]);
      last = answer[1];
    }
    return pieces.length === 1 ? pieces[0] : joined(pieces);
  }

  drop(): void {
    this.kernel.call('mailbox.drop', this.address.channel);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Gives channels their words, many to one piece of shared memory. */
export function channelMaker(threadId: () => number): () => [EndAddress, EndAddress] {
  let block: Int32Array<SharedArrayBuffer> | undefined;
  let index = 0;
  let count = 0;
  return () => {
    if (block === undefined || ++index === CHANNELS_IN_BLOCK) {
      block = new Int32Array(new SharedArrayBuffer(CHANNEL_WORDS * CHANNELS_IN_BLOCK * Int32Array.BYTES_PER_ELEMENT));
      index = 0;
    }
    const address = { block, index, channel: `${threadId()}.${++count}` };
    return [{ ...address, side: 0 }, { ...address, side: 1 }];
  };
}
