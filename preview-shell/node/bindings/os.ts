/** node:os (node_os.cc): the container's own machine, and of the real one what a page may know. */
import type { BindingContext } from '../context.ts';
import { native } from '../natives.ts';
import { environmentOf } from './credentials.ts';
import { attempt } from './handles.ts';

const MEGABYTE = 1024 * 1024;
const GIGABYTE = 1024 * MEGABYTE;
const DEFAULT_CPUS = 2;
/** What browsers that tell nothing of the machine's memory are taken to have. */
const DEFAULT_MEMORY_GB = 4;
const USER_ID = 1000;
const KERNEL_RELEASE = '6.1.0-terrarium';

interface MemoryHints {
  deviceMemory?: number;
}

export function create(ctx: BindingContext): Record<string, unknown> {
  const cpus = (): number => native.navigator.hardwareConcurrency ?? DEFAULT_CPUS;
  const totalMemory = (): number => ((native.navigator as MemoryHints).deviceMemory ?? DEFAULT_MEMORY_GB) * GIGABYTE;
  const home = (): string => environmentOf(ctx)['HOME'] ?? '/home';
  return {
    isBigEndian: false,
    getHostname: () => 'terrarium',
    getOSInformation: () => ['Linux', `#1 SMP ${KERNEL_RELEASE}`, KERNEL_RELEASE, 'x86_64'],
    getHomeDirectory: home,
    getUserInfo: (options?: { encoding?: string }) => {
      const text = (value: string): unknown => (options?.encoding === 'buffer' ? new native.TextEncoder().encode(value) : value);
      return { __proto__: null, uid: USER_ID, gid: USER_ID, username: text('user'), homedir: text('/home'), shell: text('/bin/sh') };
    },
    getUptime: () => native.performance.now() / 1000,
    getTotalMem: totalMemory,
    // What others use is not known.
    getFreeMem: totalMemory,
    getAvailableParallelism: cpus,
    // Seven values for each: model, MHz, and the times spent, which a page cannot see.
    getCPUs: () => Array.from({ length: cpus() }, () => ['Browser', 0, 0, 0, 0, 0, 0]).flat(),
    getLoadAvg: (averages: Float64Array) => void averages.fill(0),
    getInterfaceAddresses: () => [
      'lo', '127.0.0.1', '255.0.0.0', 'IPv4', '00:00:00:00:00:00', true, -1,
      'lo', '::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'IPv6', '00:00:00:00:00:00', true, 0,
    ],
    getPriority: (pid: number, out: Failure) => (found(pid, out, 'uv_os_getpriority') ? 0 : undefined),
    setPriority: (pid: number, priority: number, out: Failure) => {
      if (!found(pid, out, 'uv_os_setpriority')) return out.errno;
      if (priority === 0) return 0;
      Object.assign(out, { errno: -13, code: 'EACCES', message: 'permission denied', syscall: 'uv_os_setpriority' });
      return -13;
    },
  };

  /** All processes have the one priority; there must be such a process, though. */
  function found(pid: number, out: Failure, syscall: string): boolean {
    const errno = pid === 0 ? 0 : attempt(() => ctx.kernel.call('proc.kill', pid, 0));
    if (errno !== 0) Object.assign(out, { errno: -3, code: 'ESRCH', message: 'no such process', syscall });
    return errno === 0;
  }
}

interface Failure {
  errno?: number;
  code?: string;
  message?: string;
  syscall?: string;
}
