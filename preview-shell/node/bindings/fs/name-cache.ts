/**
 * What the module loaders ask most, hundreds of times for the same: whether a path is a file or a directory. A directory's names come from the
 * kernel at once, and are the answer for as long as no name of the disk has changed (kernel/disk/SPEC.md, DK-N1).
 */
import { ERRNO } from '../../../abi/errno.ts';
import type { BindingContext } from '../../context.ts';

const FILE = 0;
const DIRECTORY = 1;
const ABSENT = -ERRNO.ENOENT;

type Kind = typeof FILE | typeof DIRECTORY;
/** `undefined` for a name is a link or a device, or a directory too large to be sent: the kernel is asked for the path. */
type Directory = ReadonlyMap<string, Kind | undefined> | 'large' | 'absent';

/** Devices and what each process sees of itself are no names that count. */
const OWN_TREES = /^\/(?:dev|proc)(?:\/|$)/;
/** Empty parts, dots and a slash at the end: for the kernel to walk. */
const NOT_PLAIN = /\/(?:\.{0,2})(?:\/|$)|\0/;

export class NameCache {
  private readonly ctx: Pick<BindingContext, 'kernel' | 'names'>;
  private readonly directories = new Map<string, Directory>();
  private generation: number | undefined;

  constructor(ctx: Pick<BindingContext, 'kernel' | 'names'>) {
    this.ctx = ctx;
  }

  /** As `InternalModuleStat` of node_file.cc: 0 for what is no directory, 1 for a directory, negative for what cannot be had. */
  stat(path: string): number {
    const { kernel, names } = this.ctx;
    const known = names === undefined || !path.startsWith('/') || NOT_PLAIN.test(path) || OWN_TREES.test(path) ? undefined : this.known(path, names);
    return known ?? (kernel.call('fs.moduleStat', path) as number);
  }

  private known(path: string, names: Int32Array): number | undefined {
    const generation = Atomics.load(names, 0);
    if (generation !== this.generation) {
      this.directories.clear();
      this.generation = generation;
    }
    const slash = path.lastIndexOf('/');
    const directory = this.directory(path.slice(0, slash));
    if (directory === 'large') return undefined;
    if (directory === 'absent') return ABSENT;
    const name = path.slice(slash + 1);
    return directory.has(name) ? directory.get(name) : ABSENT;
  }

  private directory(path: string): Directory {
    const known = this.directories.get(path);
    if (known !== undefined) return known;
    const found = read(this.ctx.kernel.call('fs.moduleNames', path === '' ? '/' : path));
    this.directories.set(path, found);
    return found;
  }
}

function read(answer: unknown): Directory {
  if (answer === undefined) return 'absent';
  if (answer === null) return 'large';
  const [directories, files, others] = answer as [string[], string[], string[]];
  const kinds = new Map<string, Kind | undefined>();
  for (const name of directories) kinds.set(name, DIRECTORY);
  for (const name of files) kinds.set(name, FILE);
  for (const name of others) kinds.set(name, undefined);
  return kinds;
}

const caches = new WeakMap<object, NameCache>();

/** The thread's one cache. */
export function nameCache(ctx: BindingContext): NameCache {
  const cache = caches.get(ctx) ?? new NameCache(ctx);
  caches.set(ctx, cache);
  return cache;
}
