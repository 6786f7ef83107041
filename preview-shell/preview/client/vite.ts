/** What Vite's server tells its own client over its WebSocket: build errors and hot updates. */
import { z } from 'zod/mini';
import type { Report } from './reports.ts';
import { cut } from './values.ts';

const payload = z.union([
  z.object({ type: z.literal('error'), err: z.object({ message: z.string(), plugin: z.optional(z.string()), id: z.optional(z.string()), frame: z.optional(z.string()), loc: z.optional(z.object({ line: z.number(), column: z.number(), file: z.optional(z.string()) })) }) }),
  z.object({ type: z.literal('update'), updates: z.array(z.object({ path: z.string() })) }),
  z.object({ type: z.literal('full-reload'), path: z.optional(z.string()) }),
]);

/** Messages of other programs that look the same are theirs: only texts that parse are looked at. */
export function reportViteMessage(report: Report, text: string): void {
  if (!/^\{"type":"(?:error|update|full-reload)"/.test(text)) return;
  let message: z.infer<typeof payload>;
  try {
    message = payload.parse(JSON.parse(text));
  } catch {
    return;
  }
  if (message.type === 'update') report('hot-update', { type: 'update', paths: message.updates.slice(0, 200).map(({ path }) => cut(path, 4000)) });
  else if (message.type === 'full-reload') report('hot-update', { type: 'full-reload', paths: message.path === undefined ? [] : [cut(message.path, 4000)] });
  else {
    const { message: said, plugin, id, frame, loc } = message.err;
    const file = loc?.file ?? id;
    report('vite-error', {
      message: cut(said), ...(plugin === undefined ? {} : { plugin: cut(plugin, 250) }), ...(file === undefined ? {} : { file: cut(file, 4000) }),
      ...(loc === undefined ? {} : { line: Math.max(1, loc.line), column: Math.max(0, loc.column) }), ...(frame === undefined ? {} : { frame: cut(frame) }),
    });
  }
}
