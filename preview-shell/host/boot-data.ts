/** What the server put into the page (server/hosts/preview-host.ts). */
import * as z from 'zod/mini';

const schema = z.object({
  label: z.string(),
  baseOrigin: z.string(),
  packagesOrigin: z.string(),
  capability: z.string(),
  /** When the capability ends, in milliseconds since the epoch. */
  expires: z.number(),
  packs: z.array(z.string()),
  /** Names below `HOST_PATHS.runtime`; `relay` is the relay page's script, `brotli` what a thread brings when a program compresses. */
  assets: z.object({ kernel: z.string(), thread: z.string(), transform: z.string(), plan: z.string(), library: z.string(), image: z.string(), relay: z.string(), brotli: z.string() }),
});
export type BootData = z.infer<typeof schema>;

export function readBootData(): BootData {
  return schema.parse(JSON.parse(document.getElementById('terrarium-boot')?.textContent ?? ''));
}
