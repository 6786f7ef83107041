/** What code cannot do to itself: ends an instance that takes too much memory, or whose event loop has stopped. */
import { processUsage, residentMemory } from './proc.ts';

const MEMORY_EVERY = 20;
const PROBE_EVERY = 250;
/** Resident memory of an engine with an empty program, with room; bytes. */
const RESIDENT_BASE = 96 * 1024 * 1024;

export interface WatchInput {
  pid: number;
  memoryMb: number;
  stuckMs: number;
  probe: (signal: AbortSignal) => Promise<void>;
  /** Called once at most. */
  end: (reason: 'memory' | 'stuck', detail: string) => void;
}

export interface Watch {
  /** Highest resident memory seen, in bytes. */
  peak(): number;
  /** Looks at once whether the event loop turns. */
  probeNow(): void;
  close(): void;
}

export function watchProcess({ pid, memoryMb, stuckMs, probe, end }: WatchInput): Watch {
  const closed = new AbortController();
  let highest = 0;
  let probing = false;
  const finish = (...why: Parameters<WatchInput['end']>): void => {
    if (closed.signal.aborted) return;
    closed.abort();
    end(...why);
  };
  const checkMemory = (): void => {
    const resident = residentMemory(pid);
    highest = Math.max(highest, resident);
    if (resident > RESIDENT_BASE + memoryMb * 1024 * 1024) finish('memory', `it took more than its ${memoryMb} MB of memory`);
  };
  const checkLoop = async (): Promise<void> => {
    if (probing || closed.signal.aborted) return;
    probing = true;
    if (await isStuck(pid, stuckMs, probe, closed.signal)) finish('stuck', `it did not answer for ${stuckMs} ms: something in it runs without end`);
    probing = false;
  };
  // Elsewhere there is no cheap way to ask (proc.ts), and the heap limit of the engine has to do.
  const memoryTimer = process.platform === 'linux' ? setInterval(checkMemory, MEMORY_EVERY) : undefined;
  const probeTimer = setInterval(() => void checkLoop(), PROBE_EVERY);
  closed.signal.addEventListener('abort', () => [memoryTimer, probeTimer].forEach(clearInterval));
  return { peak: () => highest, probeNow: () => void checkLoop(), close: () => closed.abort() };
}

/**
 * Whether it burns processor time and answers nothing. On a machine that is too busy to let it answer, the time it got is what counts,
 * so that a neighbour's load is not held against it; without an end of the wait, though, it would be held for ever.
 */
async function isStuck(pid: number, stuckMs: number, probe: WatchInput['probe'], closed: AbortSignal): Promise<boolean> {
  const { cpuMs: before } = await processUsage(pid);
  const answered = new AbortController();
  const asked = probe(AbortSignal.any([closed, answered.signal])).then(() => true, () => true);
  try {
    for (let waits = 0; waits < 4; waits += 1) {
      if (await Promise.race([asked, silence(stuckMs, closed)])) return false;
      if ((await processUsage(pid)).cpuMs - before >= stuckMs / 3) return true;
    }
    return true;
  } finally {
    answered.abort();
  }
}

/** False after the time; true when nobody wants to know any more. */
function silence(milliseconds: number, closed: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    closed.addEventListener('abort', () => { clearTimeout(timer); resolve(true); }, { once: true });
  });
}
