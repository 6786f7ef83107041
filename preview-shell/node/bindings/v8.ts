/** node:v8 (node_v8.cc). */
import { unknownMemory } from './memory.ts';

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
  const indexes = (names: string[]): Record<string, number> => Object.fromEntries(names.map((name, index) => [name, index]));
  return {
    ...indexes(HEAP_INDEXES), ...indexes(CODE_INDEXES), ...indexes(SPACE_INDEXES),
    heapStatisticsBuffer: new Float64Array(HEAP_INDEXES.length),
    heapCodeStatisticsBuffer: new Float64Array(CODE_INDEXES.length),
    heapSpaceStatisticsBuffer: new Float64Array(SPACE_INDEXES.length),
    // The names of V8's; the first one asked for throws.
    kHeapSpaces: ['read_only_space', 'new_space', 'old_space', 'code_space', 'shared_space', 'trusted_space', 'new_large_object_space', 'large_object_space', 'code_large_object_space', 'shared_large_object_space', 'trusted_large_object_space'],
    detailLevel: { DETAILED: 1, BRIEF: 0 },
    updateHeapStatisticsBuffer: () => unknownMemory('v8.getHeapStatistics()'),
    updateHeapCodeStatisticsBuffer: () => unknownMemory('v8.getHeapCodeStatistics()'),
    updateHeapSpaceStatisticsBuffer: () => unknownMemory('v8.getHeapSpaceStatistics()'),
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

function unsupported(what: string): never {
  throw Object.assign(new Error(`${what} is not supported in the container.`), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}
