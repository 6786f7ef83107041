/** What keeps a thread alive, for `process.getActiveResourcesInfo()` and its elders (node_process_methods.cc, GetActiveResourcesInfo). */
import type { BindingContext } from '../context.ts';

interface Resource {
  readonly resourceName: string;
}

interface Handle extends Resource {
  hasRef(): boolean;
}

export class ActiveResources {
  readonly requests = new Set<Resource>();
  readonly handles = new Set<Handle>();

  /** The objects that Node's JavaScript made the handles for, where it said so. */
  owners(symbol: symbol): unknown[] {
    return this.referenced().map((handle) => (handle as unknown as Record<symbol, unknown>)[symbol] ?? handle);
  }

  names(): string[] {
    return [...this.requests, ...this.referenced()].map(({ resourceName }) => resourceName);
  }

  private referenced(): Handle[] {
    return [...this.handles].filter((handle) => handle.hasRef());
  }
}

const resourcesOf = new WeakMap<BindingContext, ActiveResources>();

/** The thread's, made on first use. */
export function activeResources(ctx: BindingContext): ActiveResources {
  const known = resourcesOf.get(ctx) ?? new ActiveResources();
  resourcesOf.set(ctx, known);
  return known;
}
