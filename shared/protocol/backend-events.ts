/** What a backend tells of itself: its panel, its log, telemetry (schemas for the wire beside the types). */
import * as z from 'zod';

const frame = z.object({ function: z.string(), file: z.string(), line: z.number().int(), column: z.number().int() });

export const backendEventSchema = z.discriminatedUnion('kind', [
  /** The life of an instance. */
  z.object({ kind: z.literal('state'), at: z.number(), state: z.enum(['absent', 'building', 'migrating', 'starting', 'running', 'suspended', 'failed', 'stopped']), code: z.string().optional(), message: z.string().optional() }),
  z.object({ kind: z.literal('log'), at: z.number(), level: z.enum(['debug', 'info', 'warn', 'error']), text: z.string() }),
  /** An exception, or a rejection that nobody handled; frames are those of the sources. */
  z.object({ kind: z.literal('error'), at: z.number(), origin: z.enum(['exception', 'rejection', 'exit', 'build', 'migration']), name: z.string(), message: z.string(), frames: z.array(frame) }),
  /** A request through the proxy. `target` is the instance; a refused one has a code. */
  z.object({ kind: z.literal('request'), at: z.number(), method: z.string(), path: z.string(), target: z.string(), status: z.number().int(), durationMs: z.number(), bytes: z.number().int(), webSocket: z.boolean(), code: z.string().optional() }),
  /** A request of the backend's to another host. */
  z.object({ kind: z.literal('egress'), at: z.number(), method: z.string(), url: z.string(), status: z.number().int().optional(), durationMs: z.number(), code: z.string().optional() }),
]);
export type BackendEvent = z.infer<typeof backendEventSchema>;
