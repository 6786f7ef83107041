/** What the container's own programs need beyond Node's API, as `process.binding('terrarium')` (userland/npm/platform.ts). */
import { native } from '../natives.ts';
import type { BindingContext } from '../context.ts';

interface Access {
  origin: string;
  headers: Record<string, string>;
}

export function create(ctx: BindingContext): Record<string, unknown> {
  return {
    packages: {
      request: (path: string, init: { method: string; body?: string }) => request(ctx, path, init),
      mount: async (projectRoot: string, mounts: unknown) => ctx.kernel.call('packages.mount', projectRoot, JSON.stringify(mounts)),
      unpack: async (folder: string, pack: string) => void ctx.kernel.call('packages.unpack', folder, pack),
    },
    processes: () => ctx.kernel.call('processes.list'),
  };
}

/** Keeps the thread alive until the answer is there. */
async function request(ctx: BindingContext, path: string, { method, body }: { method: string; body?: string }): Promise<{ status: number; body: string }> {
  const release = ctx.loop.hold();
  try {
    const { origin, headers } = ctx.kernel.call('packages.access') as unknown as Access;
    const response = await native.fetch(`${origin}${path}`, { method, headers: { ...headers, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body }) });
    return { status: response.status, body: await response.text() };
  } finally {
    // A turn later: what waits for the answer has begun its own work by then.
    ctx.loop.enqueue(release);
  }
}
