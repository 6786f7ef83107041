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
  const safeGetenv = (name: string): string | undefined => environmentOf(ctx)[name];
  return {
    implementsPosixCredentials: true,
    safeGetenv,
    getTempDir: () => temporaryFolder(environmentOf(ctx)),
    getuid: id, geteuid: id, getgid: id, getegid: id,
    getgroups: () => [USER],
    initgroups: refuse('initgroups'), setgroups: refuse('setgroups'),
    setuid: refuse('setuid'), seteuid: refuse('seteuid'), setgid: refuse('setgid'), setegid: refuse('setegid'),
  };
}

/** As it is at this moment: a program may have changed it. */
export function environmentOf({ process, image }: BindingContext): Partial<Record<string, string>> {
  const live = process['env'] as Partial<Record<string, string>> | undefined;
  return Object.assign(Object.create(null) as object, live ?? image.env);
}

/** uv_os_tmpdir, with no slash at its end. */
function temporaryFolder(env: Partial<Record<string, string>>): string {
  const folder = env['TMPDIR'] ?? env['TMP'] ?? env['TEMP'] ?? env['TEMPDIR'] ?? '/tmp';
  return folder.length > 1 && folder.endsWith('/') ? folder.slice(0, -1) : folder;
}
