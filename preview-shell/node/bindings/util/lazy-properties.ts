import type { BindingContext } from '../../context.ts';

/** Properties whose value is an export of a builtin module that loads on the first use. */
export function defineLazyProperties(ctx: BindingContext, target: object, id: string, keys: readonly string[], enumerable = true): void {
  for (const key of keys) {
    const become = (self: object, value: unknown): void => void Object.defineProperty(self, key, { value, writable: true, enumerable, configurable: true });
    const { get, set } = {
      get(this: object | undefined): unknown {
        const value = (ctx.hooks.requireBuiltin as (id: string) => Record<string, unknown>)(id)[key];
        become(this ?? target, value);
        return value;
      },
      set(this: object | undefined, value: unknown) { become(this ?? target, value); },
    };
    Object.defineProperty(target, key, { get, set, enumerable, configurable: true });
  }
}
