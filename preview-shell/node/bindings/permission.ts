/** Node's permission model (src/permission): asked only with `--permission`, which the options binding refuses. */
export function create(): Record<string, unknown> {
  return { has: () => true };
}
