/** Expected values are what Node v22.23.3 answers. */
import { expect, test } from 'vitest';
import { create } from './performance.ts';
import { EventLoopDelay, Histogram } from './performance/histograms.ts';
import { HdrHistogram } from './performance/hdr-histogram.ts';
import { testContext } from './testing.ts';

test('a histogram of a few values', () => {
  const histogram = new Histogram();
  histogram.record(5);
  histogram.record(10n);
  const percentiles = new Map<number, number>();
  histogram.percentiles(percentiles);
  expect([histogram.min(), histogram.max(), histogram.mean(), histogram.stddev(), histogram.count(), histogram.percentile(50)]).toEqual([5, 10, 7.5, 2.5, 2, 5]);
  expect([...percentiles]).toEqual([[0, 5], [50, 5], [75, 10], [100, 10]]);
});

test('an empty one, and values that do not fit', () => {
  const histogram = new Histogram(1, 1000, 2);
  histogram.record(2000);
  expect([histogram.min(), histogram.max(), histogram.mean(), histogram.exceeds(), histogram.minBigInt()]).toEqual([2 ** 63, 0, Number.NaN, 1, 9223372036854775807n]);
  expect([...new HdrHistogram(1, 1000, 2).percentiles()]).toEqual([[100, 0]]);
});

test('values are exact to the digits asked for', () => {
  const values = new HdrHistogram(7, 99999999, 4);
  for (const value of [88, 1, 3802, 748801, 7296001, 2784001, 22400001]) expect(values.record(value)).toBe(true);
  expect(values.record(107520001)).toBe(false);
  expect([values.min(), values.max(), values.valueAtPercentile(75), values.valueAtPercentile(50)]).toEqual([0, 22401023, 2784127, 748831]);
});

test('one is added to another', () => {
  const [a, b] = [new Histogram(), new Histogram()];
  a.record(1);
  b.record(3);
  a.add(b);
  expect([a.count(), a.max()]).toEqual([2, 3]);
});

test('the delay of the event loop is measured until it is stopped', async () => {
  const delay = new EventLoopDelay(1);
  delay.start(true);
  await expect.poll(() => delay.count(), { interval: 1 }).toBeGreaterThan(1);
  delay.stop();
  expect(delay.min()).toBeGreaterThan(0.5e6);
});

test('milestones, constants and the idle time of the loop', () => {
  const { ctx } = testContext(() => undefined);
  const binding = create({ ...ctx, loop: { ...ctx.loop, idleTime: 12 } }) as { loopIdleTime(): number; constants: Record<string, number>; milestones: Float64Array };
  expect(binding.loopIdleTime()).toBe(12);
  expect(binding.milestones[binding.constants['NODE_PERFORMANCE_MILESTONE_LOOP_START'] ?? -1]).toBeGreaterThan(0);
});
