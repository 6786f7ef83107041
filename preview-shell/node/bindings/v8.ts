/** node:v8 (node_v8.cc). Of the heap a page knows what `performance.memory` says, where there is one. */
import { knownHeap } from './js-heap.ts';

const HEAP_INDEXES = [
  'kTotalHeapSizeIndex', 'kTotalHeapSizeExecutableIndex', 'kTotalPhysicalSizeIndex', 'kTotalAvailableSize', 'kUsedHeapSizeIndex', 'kHeapSizeLimitIndex',
  'kMallocedMemoryIndex', 'kPeakMallocedMemoryIndex', 'kDoesZapGarbageIndex', 'kNumberOfNativeContextsIndex', 'kNumberOfDetachedContextsIndex',
  'kTotalGlobalHandlesSizeIndex', 'kUsedGlobalHandlesSizeIndex', 'kExternalMemoryIndex',
];
const CODE_INDEXES = ['kCodeAndMetadataSizeIndex', 'kBytecodeAndMetadataSizeIndex', 'kExternalScriptSourceSizeIndex', 'kCPUProfilerMetaDataSizeIndex'];
const SPACE_INDEXES = ['kSpaceSizeIndex', 'kSpaceUsedSizeIndex', 'kSpaceAvailableSizeIndex', 'kPhysicalSpaceSizeIndex'];
/** `v8.cachedDataVersionTag()` of the Node release that the container reports. */
const CACHED_DATA_VERSION_TAG = 2596627580;

export function create(): Record<string, unknown> {
  const heap = new Float64Array(HEAP_INDEXES.length);
  const indexes = (names: string[]): Record<string, number> => Object.fromEntries(names.map((name, index) => [name, index]));
  return {
    ...indexes(HEAP_INDEXES), ...indexes(CODE_INDEXES), ...indexes(SPACE_INDEXES),
    heapStatisticsBuffer: heap,
    heapCodeStatisticsBuffer: new Float64Array(CODE_INDEXES.length),
    heapSpaceStatisticsBuffer: new Float64Array(SPACE_INDEXES.length),
    kHeapSpaces: [],
    detailLevel: { DETAILED: 1, BRIEF: 0 },
    updateHeapStatisticsBuffer: () => measure(heap),
    updateHeapCodeStatisticsBuffer: () => undefined,
    updateHeapSpaceStatisticsBuffer: () => undefined,
    cachedDataVersionTag: () => CACHED_DATA_VERSION_TAG,
    isStringOneByteRepresentation: (text: string) => !/[^\0-\xff]/.test(text),
    setFlagsFromString: (flag: string) => unsupported(`v8.setFlagsFromString(${JSON.stringify(flag)})`),
    setHeapSnapshotNearHeapLimit: () => unsupported('v8.setHeapSnapshotNearHeapLimit()'),
    getCppHeapStatistics: () => unsupported('v8.getCppHeapStatistics()'),
    GCProfiler: class {
      constructor() {
        unsupported('v8.GCProfiler');
      }
    },
  };
}

function measure(heap: Float64Array): void {
  const set = (name: string, value: number): void => void (heap[HEAP_INDEXES.indexOf(name)] = value);
  const { totalJSHeapSize, usedJSHeapSize, jsHeapSizeLimit } = knownHeap('v8.getHeapStatistics()');
  set('kTotalHeapSizeIndex', totalJSHeapSize);
  set('kTotalPhysicalSizeIndex', totalJSHeapSize);
  set('kUsedHeapSizeIndex', usedJSHeapSize);
  set('kHeapSizeLimitIndex', jsHeapSizeLimit);
  set('kTotalAvailableSize', jsHeapSizeLimit - usedJSHeapSize);
}

function unsupported(what: string): never {
  throw Object.assign(new Error(`${what} is not supported in the container.`), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}
