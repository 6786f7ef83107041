import { expect, test } from 'vitest';
import { create as createBlockList } from './block_list.ts';
import { HostObjects } from './messaging/host-objects.ts';
import { create as createProcess } from './process_methods.ts';
import { create as createSymbols } from './symbols.ts';
import { create as createUtil } from './util.ts';
import { create as createV8 } from './v8.ts';
import { Histogram } from './performance/histograms.ts';
import { testContext } from './testing.ts';

const { ctx: base } = testContext(() => null);
const bindings: Record<string, Record<string, unknown>> = { util: createUtil(base), symbols: createSymbols(base) };
const ctx = { ...base, internalBinding: (name: string) => bindings[name] as Record<string, unknown> };
type Functions = Record<string, (...args: unknown[]) => unknown>;

test.each(['memoryUsage', 'rss'])('[NB1] process.%s: memory is not told', (name) => {
  expect(() => (createProcess(ctx) as Functions)[name]?.(new Float64Array(5))).toThrow(expect.objectContaining({ code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' }));
});

test.each(['updateHeapStatisticsBuffer', 'updateHeapCodeStatisticsBuffer', 'updateHeapSpaceStatisticsBuffer'])('[NB1] v8, %s: memory is not told', (name) => {
  expect(() => (createV8() as Functions)[name]?.(0)).toThrow(expect.objectContaining({ code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' }));
});

test('[NB2] CPU time is at most the time that passed', () => {
  const fields = new Float64Array(16).fill(-1);
  (createProcess(ctx) as Functions)['resourceUsage']?.(fields);
  expect(fields[0]).toBeLessThanOrEqual((performance.now() - ctx.startedAt) * 1000);
  expect([...fields.subarray(1)]).toEqual(new Array(15).fill(0));
});

test('[NB4] what its clones share is refused to another thread, and is the same in this one', () => {
  const { BlockList } = createBlockList() as { BlockList: new () => object };
  for (const handle of [new BlockList(), new Histogram()]) {
    const hosts = new HostObjects(ctx);
    expect(() => hosts.pack({ handle }, [], false)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
    const { message, hosts: packed, local } = hosts.pack({ handle }, [], true);
    expect(hosts.unpack(message, packed, local)).toEqual({ handle });
  }
});
