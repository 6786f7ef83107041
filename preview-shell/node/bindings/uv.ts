import { UV_ERRORS } from './tables/uv-errors.ts';
import type { BindingContext } from '../context.ts';

/** libuv's error numbers, names and messages (uv.cc). */
export function create(_ctx: BindingContext): Record<string, unknown> {
  const byNumber = new Map(UV_ERRORS.map(([errno, name, message]) => [errno, [name, message] as const]));
  const binding: Record<string, unknown> = {
    errname: (errno: number) => byNumber.get(errno)?.[0] ?? `Unknown system error ${errno}`,
    getErrorMap: () => new Map(byNumber),
    getErrorMessage: (errno: number) => byNumber.get(errno)?.[1] ?? `Unknown system error ${errno}`,
  };
  for (const [errno, name] of UV_ERRORS) binding[`UV_${name}`] = errno;
  return binding;
}
