/** Short signed tokens that let untrusted code do one kind of thing: base64url(payload) "." base64url(HMAC-SHA-256). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

const payloadSchema = z.object({
  label: z.string(),
  /** What it lets do: ask the package service, or read and write the environment's app data. */
  kind: z.enum(['packages', 'app-data']),
  /** Milliseconds since the epoch. */
  exp: z.number().int(),
});
export type Capability = z.infer<typeof payloadSchema>;

export interface Capabilities {
  issueCapability(capability: Capability): string;
  /** `undefined` for what is forged, malformed or past its time. */
  verifyCapability(token: string): Capability | undefined;
}

export function createCapabilities(secret: Uint8Array, now: () => number = Date.now): Capabilities {
  const sign = (body: string) => createHmac('sha256', secret).update('capability\0').update(body).digest();
  return {
    issueCapability(capability) {
      const body = Buffer.from(JSON.stringify(capability)).toString('base64url');
      return `${body}.${sign(body).toString('base64url')}`;
    },
    verifyCapability(token) {
      const [body, mac, ...rest] = token.split('.');
      if (body === undefined || mac === undefined || rest.length > 0 || token.length > 1024) return undefined;
      const given = Buffer.from(mac, 'base64url');
      const wanted = sign(body);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
      const capability = payloadSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
      return capability.success && capability.data.exp > now() ? capability.data : undefined;
    },
  };
}
