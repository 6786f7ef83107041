/**
 * Channels: text frames on the socket of an environment's document, `/ws/:environmentId` (server/channels/SPEC.md). Binary frames on it are the document's.
 *
 *     Frame    := JSON of { v, channel, id, data: { kind, … } }
 *     page     -> hello · (record | place | ack)*          record: `id` is n, the page's own count from 1
 *     server   -> welcome · (record | place | left | taken | missed)*    record: `id` is the cursor of the environment's activity
 *
 * Who never says hello is never sent a text frame, so that a plain y-websocket client goes on as it is. Shapes are strict: what neither side knows is refused.
 */
import * as z from 'zod';
import { authorSchema } from '../document/author.ts';
import { activityKinds, consoleRecordSchema, fileRecordSchema, networkRecordSchema, performanceRecordSchema, routeRecordSchema } from './activity.ts';
import type { ActivityKind } from './activity.ts';

export const CHANNELS_VERSION = 1;

/** Longest frame of text, in bytes of UTF-8, in both directions. */
export const MAX_CHANNEL_FRAME = 128 * 1024;
/** Longest record as JSON, in UTF-16 units: the page cuts what it passes on to this (app/channels/fit.ts), so that a frame never reaches its limit. */
export const MAX_RECORD = 32 * 1024;
/** Records that a page may have sent and not been told to be taken. */
export const PAGE_WINDOW = { records: 64, bytes: 512 * 1024 };
/** Records that the server has under way to one page. */
export const SERVER_WINDOW = 256;

const v = z.literal(CHANNELS_VERSION);
const count = z.number().int().nonnegative();
/** Of one life of one page; chosen at random by it. */
const sourceId = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);

/** Where a member's preview is. `x` and `y` are shares of the way that can be scrolled, 0 to 1, because windows differ in size. */
export const placeSchema = z.strictObject({
  port: z.number().int().min(1).max(65_535),
  /** Path, query and hash, beginning with "/". */
  url: z.string().startsWith('/').max(8192),
  title: z.string().max(1024),
  /** The same as long as the page changes its route without a load. */
  document: z.string().max(64).optional(),
  x: z.number().min(0).max(1),
  y: z.number().min(0).max(1),
});
export type Place = z.infer<typeof placeSchema>;

export type ChannelName = 'logs' | 'state' | 'preview' | 'collaboration';

const told = <D extends z.ZodRawShape>(channel: ChannelName, shape: D) => z.strictObject({ v, channel: z.literal(channel), id: count, data: z.strictObject(shape) });

const numbered = <D extends z.ZodRawShape>(channel: ChannelName, shape: D) => z.strictObject({ v, channel: z.literal(channel), id: count.min(1), data: z.strictObject(shape) });

type FrameOf<S extends Record<string, z.ZodType>> = z.infer<S[keyof S]>;

/** `again`: the server that runs now is another one than that which took this record before. */
const again = { again: z.literal(true).optional() };
/** A version that may be another: read before anything else, so that the answer can say which ones there are. */
export const anyHelloSchema = z.looseObject({ v: z.number(), channel: z.literal('state'), data: z.looseObject({ kind: z.literal('hello') }) });

export const helloSchema = told('state', {
  kind: z.literal('hello'),
  source: sourceId,
  /** For display. */
  name: z.string().min(1).max(60).optional(),
  /** What this page wants to be told. */
  wants: z.array(z.enum(activityKinds)).max(activityKinds.length),
  /** The last cursor that it has; without it the server begins with the last 500 records of these kinds. */
  after: count.optional(),
});
export type Hello = z.infer<typeof helloSchema>['data'];

/** What a page may send, by its kind. On `collaboration` it speaks in binary frames alone. */
export const fromPageFrames = {
  hello: helloSchema,
  ack: told('state', { kind: z.literal('ack'), cursor: count }),
  place: told('preview', { kind: z.literal('place'), place: placeSchema }),
  console: numbered('logs', { kind: z.literal('console'), record: consoleRecordSchema, ...again }),
  network: numbered('logs', { kind: z.literal('network'), record: networkRecordSchema, ...again }),
  route_change: numbered('preview', { kind: z.literal('route_change'), record: routeRecordSchema, ...again }),
  performance: numbered('preview', { kind: z.literal('performance'), record: performanceRecordSchema, ...again }),
};
export type FromPage = FrameOf<typeof fromPageFrames>;

/** Beside each record: who said it, of which page, as which of its messages, and when the server took it (milliseconds since the epoch). */
const said = { author: authorSchema, source: sourceId.optional(), n: count.optional(), time: z.number() };
const member = { source: sourceId, author: authorSchema, canWrite: z.boolean(), place: placeSchema.optional() };

const recordsFromServer = {
  console: told('logs', { kind: z.literal('console'), record: consoleRecordSchema, ...again, ...said }),
  network: told('logs', { kind: z.literal('network'), record: networkRecordSchema, ...again, ...said }),
  route_change: told('preview', { kind: z.literal('route_change'), record: routeRecordSchema, ...again, ...said }),
  performance: told('preview', { kind: z.literal('performance'), record: performanceRecordSchema, ...again, ...said }),
  file_change: told('collaboration', { kind: z.literal('file_change'), record: fileRecordSchema, ...again, ...said }),
};
export type RecordFromServer = FrameOf<typeof recordsFromServer>;

/** What a page is sent, by its kind. */
export const fromServerFrames = {
  welcome: told('state', {
    kind: z.literal('welcome'),
    /** Of this run of the server: another one has forgotten what this page had told. */
    epoch: z.string().max(64),
    author: authorSchema,
    canWrite: z.boolean(),
    /** Of this page's records, the last that was taken. */
    taken: count,
    /** Newest cursor: what comes up to here had happened before. */
    cursor: count,
    members: z.array(z.strictObject(member)).max(1000),
  }),
  /** Records of this page up to `n` were taken. */
  taken: told('state', { kind: z.literal('taken'), n: count }),
  /** Records of these kinds that came before the next ones are no longer kept. */
  missed: told('state', { kind: z.literal('missed'), kinds: z.array(z.enum(activityKinds)).min(1) }),
  joined: told('state', { kind: z.literal('joined'), ...member }),
  left: told('state', { kind: z.literal('left'), source: sourceId }),
  place: told('preview', { kind: z.literal('place'), source: sourceId, place: placeSchema }),
  ...recordsFromServer,
};
export type FromServer = FrameOf<typeof fromServerFrames>;

const kindSchema = z.looseObject({ data: z.looseObject({ kind: z.string() }) });

/** Reads a frame as the one its kind says it is. @throws {z.ZodError} for what is none */
export function readFrame<S extends Record<string, z.ZodType>>(frames: S, value: unknown): FrameOf<S> {
  const { kind } = kindSchema.parse(value).data;
  const schema = Object.hasOwn(frames, kind) ? frames[kind] : undefined;
  // The schema of a kind gives what the kind's own type says.
  return (schema ?? z.never({ error: 'unknown kind' })).parse(value) as FrameOf<S>;
}

/** Channel and kind of a record's frame. */
export const RECORD_FRAMES = {
  console: { channel: 'logs', kind: 'console' },
  network: { channel: 'logs', kind: 'network' },
  route: { channel: 'preview', kind: 'route_change' },
  performance: { channel: 'preview', kind: 'performance' },
  file: { channel: 'collaboration', kind: 'file_change' },
} as const satisfies Record<ActivityKind, { channel: ChannelName; kind: string }>;

const kindsByName: Record<string, ActivityKind | undefined> = Object.fromEntries(activityKinds.map((kind) => [RECORD_FRAMES[kind].kind, kind]));

/** The activity's kind that a frame's `data.kind` means; `undefined` for one that carries no record. */
export const activityKindOf = (kind: string): ActivityKind | undefined => kindsByName[kind];
