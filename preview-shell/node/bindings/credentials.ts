import type { BindingContext } from '../context.ts';

/** The container's one user: 1000, as on the disk. It may become nobody else. */
const USER = 1000;

/** User ids and the environment (node_credentials.cc). */
export function create(ctx: BindingContext): Record<string, unknown> {
  const id = () => USER;
  const refuse = (name: string) => (wanted: unknown) => {
    if (wanted === USER) return 0;
    throw Object.assign(new Error(`EPERM, Operation not permitted: ${name}`), { code: 'EPERM', errno: 1, syscall: name });
  };
  const safeGetenv = (name: string): string | undefined => (Object.hasOwn(ctx.image.env, name) ? ctx.image.env[name] : undefined);
  return {
    implementsPosixCredentials: true,
    safeGetenv,
    getTempDir: () => safeGetenv('TMPDIR') ?? '/tmp',
    getuid: id, geteuid: id, getgid: id, getegid: id,
    getgroups: () => [USER],
    initgroups: refuse('initgroups'), setgroups: refuse('setgroups'),
    setuid: refuse('setuid'), seteuid: refuse('seteuid'), setgid: refuse('setgid'), setegid: refuse('setegid'),
  };
}
