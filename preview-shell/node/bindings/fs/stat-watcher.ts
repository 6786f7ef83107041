import { SysError } from '../../../abi/errno.ts';
import { HandleWrap } from '../handles.ts';
import { fillStats, STATS_FIELDS, type StatsArray } from './stats.ts';
import { pathText, type FsSupport } from './support.ts';

const startTimer = globalThis.setTimeout.bind(globalThis);
const stopTimer = globalThis.clearTimeout.bind(globalThis);
const NOTHING: readonly number[] = new Array<number>(STATS_FIELDS).fill(0);

/** fs.watchFile: looks at intervals (uv_fs_poll, src/node_stat_watcher.cc). */
export function statWatcherClass(fs: FsSupport) {
  return class StatWatcher extends HandleWrap {
    readonly #values: StatsArray;
    #timer: ReturnType<typeof setTimeout> | undefined;
    /** The last outcome: 0 none yet, 1 there, negative the error. */
    #status = 0;
    #last: readonly number[] = NOTHING;
    onchange?: (status: number, stats: StatsArray) => void;

    constructor(bigint: boolean) {
      super(fs.ctx, 'STATWATCHER');
      this.#values = bigint ? new BigInt64Array(2 * STATS_FIELDS) : new Float64Array(2 * STATS_FIELDS);
    }

    start(path: unknown, interval: number): number {
      this.setActive(true);
      this.#poll(pathText(path), interval);
      return 0;
    }

    protected override closed(): void {
      stopTimer(this.#timer);
    }

    #poll(path: string, interval: number): void {
      if (this.closing) return;
      try {
        this.#found(fs.call('fs.stat', path, true) as readonly number[]);
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
        this.#failed(error.errno);
      }
      this.#timer = startTimer(() => fs.ctx.loop.enqueue(() => this.#poll(path, interval)), interval);
    }

    #found(stat: readonly number[]): void {
      const previous = this.#last;
      const changed = this.#status < 0 || (this.#status === 1 && stat.some((field, i) => field !== previous[i]));
      this.#last = stat;
      this.#status = 1;
      if (changed) this.#tell(0, stat, previous);
    }

    #failed(errno: number): void {
      if (this.#status === errno) return;
      this.#status = errno;
      this.#tell(errno, NOTHING, this.#last);
    }

    #tell(status: number, current: readonly number[], previous: readonly number[]): void {
      fillStats(this.#values, current);
      fillStats(this.#values, previous, STATS_FIELDS);
      fs.ctx.loop.enqueue(() => { if (!this.closing) this.makeCallback(this.onchange, [status, this.#values]); });
    }
  };
}
