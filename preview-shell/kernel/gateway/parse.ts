/** What comes from a preview is hostile: messages that are not of the protocol are dropped. */
import * as z from 'zod';
import type { ToGateway } from '../../../shared/protocol/preview-channel.ts';

const MAX_URL = 64 * 1024;
const MAX_HEADERS = 200;
const id = z.number().int().nonnegative();
const bytes = z.number().int().nonnegative();
/** RFC 9110, 9.1: a token, here of usual length. */
const method = z.string().regex(/^[A-Za-z!#$%&'*+.^_`|~0-9-]{1,32}$/);
/** Nothing that would end a request line: the browser has percent-encoded everything else. */
const target = z.string().max(MAX_URL).regex(/^\/[\x21-\x7e\x80-\xff]*$/);
const context = z.object({
  origin: z.string().max(512), referrer: z.string().max(MAX_URL), mode: z.string().max(32), destination: z.string().max(32), cookies: z.string().max(MAX_URL), credentials: z.string().max(16), loopback: z.boolean().optional(),
});

const schema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('hello'), v: z.number() }),
  z.object({
    t: z.literal('request'), id, method, url: target, context,
    headers: z.array(z.tuple([z.string().max(256), z.string().max(MAX_URL)])).max(MAX_HEADERS),
    body: z.union([z.instanceof(ArrayBuffer), z.literal('stream'), z.null()]),
  }),
  z.object({ t: z.literal('body'), id, bytes: z.instanceof(ArrayBuffer) }),
  z.object({ t: z.literal('body-end'), id }),
  z.object({ t: z.literal('ack'), id, bytes }),
  z.object({ t: z.literal('abort'), id }),
  z.object({ t: z.literal('socket'), url: target, protocols: z.array(z.string().max(256)).max(32), origin: z.string().max(512), cookies: z.string().max(MAX_URL), loopback: z.boolean().optional() }),
  z.object({ t: z.literal('await-listening'), id }),
  z.object({ t: z.literal('ping'), id }),
  z.object({ t: z.literal('preview-message'), message: z.unknown() }),
]);

export function parseToGateway(data: unknown): ToGateway | undefined {
  const parsed = schema.safeParse(data);
  return parsed.success ? (parsed.data as ToGateway) : undefined;
}
