/** `struct stat` and `struct statfs` in the arrays that Node's JavaScript reads (src/node_file-inl.h). */
import type { Value } from '../../../abi/codec.ts';
import { pathText, type FsSupport } from './support.ts';

export const STATS_FIELDS = 18;
export type StatsArray = Float64Array | BigInt64Array;

export function fillStats(target: StatsArray, numbers: readonly number[], offset = 0): StatsArray {
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0;
    if (target instanceof BigInt64Array) target[offset + i] = BigInt(number);
    else target[offset + i] = number;
  }
  return target;
}

export function statCalls(fs: FsSupport) {
  // Two sets: watchers hold the current and the previous one.
  const statValues = new Float64Array(2 * STATS_FIELDS);
  const bigintStatValues = new BigInt64Array(2 * STATS_FIELDS);
  const statFsValues = new Float64Array(7);
  const bigintStatFsValues = new BigInt64Array(7);

  const answer = (numbers: Value, bigint: unknown, req: unknown): StatsArray | undefined => {
    if (numbers === undefined) return undefined;
    // The synchronous style may reuse one array: the caller copies before anything else happens.
    const shared = bigint === true ? bigintStatValues : statValues;
    const target = req === undefined ? shared : bigint === true ? new BigInt64Array(2 * STATS_FIELDS) : new Float64Array(2 * STATS_FIELDS);
    return fillStats(target, numbers as readonly number[]);
  };
  const byPath = (syscall: string, follow: boolean) => (path: unknown, bigint: unknown, req: unknown, throwIfNoEntry?: unknown) => {
    const text = pathText(path);
    const quiet = req === undefined && throwIfNoEntry === false;
    return fs.run(req, { syscall, path: text }, () => answer(fs.call('fs.stat', text, follow, quiet), bigint, req));
  };

  return {
    stat: byPath('stat', true),
    lstat: byPath('lstat', false),
    fstat(fd: number, bigint: unknown, req: unknown, shouldNotThrow?: unknown) {
      void shouldNotThrow;
      return fs.run(req, { syscall: 'fstat' }, () => answer(fs.call('fs.fstat', fd), bigint, req));
    },
    statfs(path: unknown, bigint: unknown, req: unknown) {
      const text = pathText(path);
      return fs.run(req, { syscall: 'statfs', path: text }, () => {
        const numbers = fs.call('fs.statfs', text) as readonly number[];
        if (req === undefined) return fillStats(bigint === true ? bigintStatFsValues : statFsValues, numbers);
        return fillStats(bigint === true ? new BigInt64Array(7) : new Float64Array(7), numbers);
      });
    },
    internalModuleStat: (receiverOrPath: unknown, path?: unknown) => fs.moduleStat(pathText(path ?? receiverOrPath)),
    statValues,
    bigintStatValues,
    statFsValues,
    bigintStatFsValues,
    kFsStatsFieldsNumber: STATS_FIELDS,
  };
}
