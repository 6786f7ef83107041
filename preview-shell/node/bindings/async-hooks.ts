/** What Node's C++ keeps of asynchronous resources: their ids, the stack of those that run, and the hooks to tell (AsyncHooks in env.h, async_wrap.cc). */
import type { BindingContext } from '../context.ts';

/** Indices of `async_hook_fields`: how many hooks want each event, and the depth of the stack. */
export const FIELD = { init: 0, before: 1, after: 2, destroy: 3, promiseResolve: 4, totals: 5, check: 6, stackLength: 7, usesExecutionAsyncResource: 8 } as const;
/** Indices of `async_id_fields`. */
export const ID = { execution: 0, trigger: 1, counter: 2, defaultTrigger: 3 } as const;
const FIELD_COUNT = 9;
const FIRST_STACK_DEPTH = 16;
/** The resource that the program's first code runs in (env.cc, LoadEnvironment). */
export const ROOT_ASYNC_ID = 1;

export interface HookFunctions {
  init(asyncId: number, type: string, triggerAsyncId: number, resource: object): void;
  before(asyncId: number): void;
  after(asyncId: number): void;
  destroy(asyncId: number): void;
}

type Callback = (...args: never[]) => unknown;
type Trampoline = (this: unknown, asyncId: number, resource: unknown, callback: Callback, ...args: unknown[]) => unknown;

export class AsyncHooks {
  readonly fields = new Uint32Array(FIELD_COUNT);
  readonly ids = new Float64Array([0, 0, ROOT_ASYNC_ID, -1]);
  readonly resources: unknown[] = [];
  /** Pairs of execution and trigger id; grows by being replaced. */
  stack = new Float64Array(2 * FIRST_STACK_DEPTH);
  functions: HookFunctions | undefined;
  trampoline: Trampoline | undefined;
  private readonly ctx: BindingContext;
  private readonly nativeResources: unknown[] = [];
  private destroyed: number[] = [];
  private collector: FinalizationRegistry<{ asyncId: number; destroyed: { destroyed?: boolean } | undefined }> | undefined;

  constructor(ctx: BindingContext) {
    this.ctx = ctx;
    // Counts as one hook until Node's JavaScript knows that nobody checks (Environment::InitializeAsyncHooks).
    this.fields[FIELD.check] = 1;
  }

  newId(): number {
    return (this.ids[ID.counter] = this.id(ID.counter) + 1);
  }

  get triggerForNew(): number {
    const chosen = this.id(ID.defaultTrigger);
    return chosen >= 0 ? chosen : this.id(ID.execution);
  }

  emitInit(asyncId: number, type: string, triggerAsyncId: number, resource: object): void {
    if (this.field(FIELD.init) > 0) this.functions?.init(asyncId, type, triggerAsyncId, resource);
  }

  /** Runs `callback` with the resource on top of the stack, and tells the hooks (InternalMakeCallback). What it throws passes. */
  run(asyncId: number, triggerAsyncId: number, resource: unknown, callback: Callback, self: unknown, args: readonly unknown[]): unknown {
    this.push(asyncId, triggerAsyncId, resource);
    let threw = true;
    try {
      const watched = this.trampoline !== undefined && this.field(FIELD.before) + this.field(FIELD.after) + this.field(FIELD.usesExecutionAsyncResource) > 0;
      const result = watched ? (this.trampoline as Trampoline).call(self, asyncId, resource, callback, ...args) : (Reflect.apply(callback, self, args as unknown[]) as unknown);
      threw = false;
      return result;
    } finally {
      // An exception that is fatal, or handled, has emptied the stack: there is nothing of ours to take.
      if (!threw || this.field(FIELD.stackLength) > 0) this.pop(asyncId, threw);
    }
  }

  push(asyncId: number, triggerAsyncId: number, resource?: unknown): void {
    const depth = this.field(FIELD.stackLength);
    if (2 * depth >= this.stack.length) {
      const larger = new Float64Array(this.stack.length * 3);
      larger.set(this.stack);
      this.stack = larger;
    }
    this.stack[2 * depth] = this.id(ID.execution);
    this.stack[2 * depth + 1] = this.id(ID.trigger);
    this.fields[FIELD.stackLength] = depth + 1;
    this.nativeResources[depth] = resource;
    this.ids[ID.execution] = asyncId;
    this.ids[ID.trigger] = triggerAsyncId;
  }

  /** @returns whether something is left on the stack */
  pop(asyncId: number, lenient = false): boolean {
    const depth = this.field(FIELD.stackLength) - 1;
    if (depth < 0) return false;
    if (!lenient && this.field(FIELD.check) > 0 && this.id(ID.execution) !== asyncId) throw new Error(`async hook stack has become corrupted (actual: ${this.id(ID.execution)}, expected: ${asyncId})`);
    this.ids[ID.execution] = this.stack[2 * depth] ?? 0;
    this.ids[ID.trigger] = this.stack[2 * depth + 1] ?? 0;
    this.fields[FIELD.stackLength] = depth;
    this.nativeResources.length = depth;
    if (this.resources.length > depth) this.resources.length = depth;
    return depth > 0;
  }

  clear(): void {
    this.ids[ID.execution] = 0;
    this.ids[ID.trigger] = 0;
    this.fields[FIELD.stackLength] = 0;
    this.nativeResources.length = 0;
    this.resources.length = 0;
  }

  resourceAt(index: number): unknown {
    return this.nativeResources[index];
  }

  /** The hooks hear of it on a later turn, many at once; that keeps no thread alive. */
  queueDestroy(asyncId: number): void {
    if (this.field(FIELD.destroy) === 0 || asyncId <= 0) return;
    if (this.destroyed.push(asyncId) === 1) this.ctx.loop.enqueue(() => this.emitDestroys());
  }

  /** Tells of the end of `object` when it is collected, unless it was told by hand (`AsyncResource`, promises). */
  watch(object: object, asyncId: number, destroyed?: { destroyed?: boolean }): void {
    this.collector ??= new FinalizationRegistry((held) => {
      if (held.destroyed?.destroyed !== true) this.queueDestroy(held.asyncId);
    });
    this.collector.register(object, { asyncId, destroyed });
  }

  private emitDestroys(): void {
    while (this.destroyed.length > 0) {
      const ids = this.destroyed;
      this.destroyed = [];
      for (const id of ids) this.functions?.destroy(id);
    }
  }

  private field(index: number): number {
    return this.fields[index] ?? 0;
  }

  private id(index: number): number {
    return this.ids[index] ?? 0;
  }
}

const hooksOf = new WeakMap<BindingContext, AsyncHooks>();

/** The thread's, made on first use. */
export function asyncHooks(ctx: BindingContext): AsyncHooks {
  const known = hooksOf.get(ctx) ?? new AsyncHooks(ctx);
  hooksOf.set(ctx, known);
  return known;
}
