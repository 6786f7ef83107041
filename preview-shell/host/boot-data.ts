/** What the server put into the page (server/hosts/preview-host.ts). */
import * as z from 'zod/mini';

const schema = z.object({
  label: z.string(),
  baseOrigin: z.string(),
  packagesOrigin: z.string(),
  capability: z.string(),
  assets: z.object({ kernel: z.string(), thread: z.string(), library: z.string(), image: z.string() }),
});
export type BootData = z.infer<typeof schema>;

export function readBootData(): BootData {
  return schema.parse(JSON.parse(document.getElementById('terrarium-boot')?.textContent ?? ''));
}
