/** What Vite's server tells its own client over its WebSocket: build errors and hot updates. */
import type { ViteErrorReport } from '../../../shared/protocol/preview-report.ts';
import { measureHotUpdate } from './measures.ts';
import type { Report } from './reports.ts';
import { cut } from './values.ts';

interface VitePayload {
  type?: unknown;
  path?: unknown;
  updates?: unknown;
  err?: { message?: unknown; plugin?: unknown; id?: unknown; frame?: unknown; loc?: { line?: unknown; column?: unknown; file?: unknown } };
}

const text = (value: unknown, limit: number): string | undefined => (typeof value === 'string' ? cut(value, limit) : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** Messages of other programs that look the same are theirs: only texts that parse are looked at. */
export function reportViteMessage(report: Report, message: string): void {
  if (!/^\{"type":"(?:error|update|full-reload)"/.test(message)) return;
  let payload: VitePayload;
  try {
    payload = JSON.parse(message) as VitePayload;
  } catch {
    return;
  }
  if (payload.type === 'update') {
    measureHotUpdate(report);
    report('hot-update', { type: 'update', paths: pathsOf(payload.updates) });
  }
  else if (payload.type === 'full-reload') report('hot-update', { type: 'full-reload', paths: [text(payload.path, 4000)].flatMap((path) => path ?? []) });
  else if (payload.err !== undefined) reportError(report, payload.err);
}

function pathsOf(updates: unknown): string[] {
  if (!Array.isArray(updates)) return [];
  return updates.slice(0, 200).flatMap((update: { path?: unknown } | null) => text(update?.path, 4000) ?? []);
}

function reportError(report: Report, { message, plugin, id, frame, loc }: NonNullable<VitePayload['err']>): void {
  const found: Partial<ViteErrorReport> = {
    plugin: text(plugin, 250), file: text(loc?.file, 4000) ?? text(id, 4000), frame: text(frame, 60_000),
    line: Math.max(1, number(loc?.line) ?? 1), column: Math.max(0, number(loc?.column) ?? 0),
  };
  // The parser takes absent fields, not undefined ones.
  const known = Object.fromEntries(Object.entries(found).filter(([name, value]) => value !== undefined && (loc !== undefined || !['line', 'column'].includes(name))));
  report('vite-error', { message: text(message, 60_000) ?? 'Vite reported an error.', ...known });
}
