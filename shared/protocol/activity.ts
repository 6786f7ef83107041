/**
 * What the members of an environment tell each other about their previews, and the server about files: one schema for each kind of record.
 * A record is what the preview's script reported (preview-report.ts) without the envelope of that protocol, and with the port of the page that reported.
 */
import * as z from 'zod';
import {
  consoleReportSchema, errorReportSchema, hotUpdateReportSchema, performanceReportSchema, readyReportSchema, requestReportSchema, routeReportSchema, viteErrorReportSchema,
} from './preview-report.ts';

export const activityKinds = ['console', 'network', 'route', 'performance', 'file'] as const;
export type ActivityKind = (typeof activityKinds)[number];

const port = z.number().int().min(1).max(65_535);
const envelope = { v: true, source: true } as const;

/** In place of records that a page could not keep until the server took them, of whatever kind they were. */
export const gapRecordSchema = z.object({ kind: z.literal('gap'), time: z.number(), count: z.number().int().positive(), port });
export type GapRecord = z.infer<typeof gapRecordSchema>;

/** `kind` tells a logged line from an error that was thrown and from one of the build. */
export const consoleRecordSchema = z.discriminatedUnion('kind', [
  consoleReportSchema.omit(envelope).extend({ port }),
  errorReportSchema.omit(envelope).extend({ port }),
  viteErrorReportSchema.omit(envelope).extend({ port }),
  gapRecordSchema,
]);
/** A request is told twice with the same `id`: when it starts and when it ends. */
export const networkRecordSchema = requestReportSchema.omit(envelope).extend({ port });
export const routeRecordSchema = routeReportSchema.omit(envelope).extend({ port });
export const performanceRecordSchema = z.discriminatedUnion('kind', [
  readyReportSchema.omit(envelope).extend({ port }),
  hotUpdateReportSchema.omit(envelope).extend({ port }),
  performanceReportSchema.omit(envelope).extend({ port }),
]);
/** Said by the server alone, of the document. */
export const fileRecordSchema = z.object({
  change: z.enum(['added', 'changed', 'moved', 'removed']),
  path: z.string().min(1).max(1024),
  /** Where a file that was moved had been. */
  from: z.string().max(1024).optional(),
});

export const recordSchemas = {
  console: consoleRecordSchema,
  network: networkRecordSchema,
  route: routeRecordSchema,
  performance: performanceRecordSchema,
  file: fileRecordSchema,
} as const;

export type RecordOf<K extends ActivityKind> = z.infer<(typeof recordSchemas)[K]>;
export type ConsoleRecord = RecordOf<'console'>;
export type NetworkRecord = RecordOf<'network'>;
export type RouteRecord = RecordOf<'route'>;
export type PerformanceRecord = RecordOf<'performance'>;
export type FileRecord = RecordOf<'file'>;
