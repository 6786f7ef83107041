/** What the bench found: one number for each name. */
export type Figures = Map<string, number>;

/** The value below which `share` of the samples lie (nearest rank). */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

export function asJson(figures: Figures): string {
  return JSON.stringify(Object.fromEntries([...figures].map(([name, value]) => [name, Math.round(value * 10) / 10])), null, 2);
}

export function asTable(figures: Figures): string {
  const width = Math.max(...[...figures.keys()].map((name) => name.length));
  return [...figures].map(([name, value]) => `${name.padEnd(width)}  ${value.toFixed(1)}`).join('\n');
}
