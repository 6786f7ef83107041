/** Who is host of one environment: the state machine of SPEC.md (HL2-HL4, HL9, HL10). It knows nothing of sockets. */

export interface Candidate {
  readonly holder: string;
  readonly kind: 'person' | 'headless';
  grant(epoch: number): void;
  wait(epoch: number): void;
  /** Another has the lease that it had, or claims to have. */
  refuse(): void;
}

/** Each above all before it, also above those of a server that ran before this one, which kept none. */
export function createEpochs(now: () => number = Date.now): () => number {
  let last = 0;
  return () => (last = Math.max(last + 1, now()));
}

export class Lease {
  private host: Candidate | undefined;
  /** Those that wait, the longest waiting first. */
  private waiting: Candidate[] = [];
  private epoch = 0;
  private readonly nextEpoch: () => number;

  constructor(nextEpoch: () => number) {
    this.nextEpoch = nextEpoch;
  }

  get holder(): Candidate | undefined {
    return this.host;
  }

  /** `had`: epoch of the lease that the candidate had, 0 for none. */
  claim(candidate: Candidate, had: number): void {
    const own = [this.host, ...this.waiting].find((one) => one?.holder === candidate.holder);
    if (own !== undefined) {
      this.drop(own);
      own.refuse();
    }
    if (this.host !== undefined && had !== 0 && had < this.epoch) return candidate.refuse();
    if (this.host === undefined) return this.give(candidate);
    if (this.host.kind === 'person' || candidate.kind === 'headless') {
      this.waiting.push(candidate);
      return candidate.wait(this.epoch);
    }
    const before = this.host;
    this.give(candidate);
    before.refuse();
  }

  /** It has left; the next one is host. */
  leave(candidate: Candidate): void {
    const wasHost = this.host === candidate;
    this.drop(candidate);
    if (!wasHost) return;
    const next = this.waiting.find(({ kind }) => kind === 'person') ?? this.waiting[0];
    if (next === undefined) return;
    this.waiting = this.waiting.filter((one) => one !== next);
    this.give(next);
  }

  private drop(candidate: Candidate): void {
    if (this.host === candidate) this.host = undefined;
    this.waiting = this.waiting.filter((one) => one !== candidate);
  }

  private give(candidate: Candidate): void {
    this.host = candidate;
    this.epoch = this.nextEpoch();
    candidate.grant(this.epoch);
  }
}
