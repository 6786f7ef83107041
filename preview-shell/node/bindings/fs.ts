/** `internalBinding('fs')` (src/node_file.cc): the calls of Node's fs library as system calls. */
import type { BindingContext } from '../context.ts';
import { copyTreeCalls } from './fs/copy-tree.ts';
import { descriptorCalls } from './fs/descriptors.ts';
import { attributeCalls, nameCalls } from './fs/names.ts';
import { requestClasses } from './fs/requests.ts';
import { resolveCalls } from './fs/resolve.ts';
import { statWatcherClass } from './fs/stat-watcher.ts';
import { statCalls } from './fs/stats.ts';
import { FsSupport } from './fs/support.ts';
import { wholeFileCalls } from './fs/whole-files.ts';

export function create(ctx: BindingContext): Record<string, unknown> {
  const fs = new FsSupport(ctx);
  const classes = requestClasses(fs);
  return {
    ...descriptorCalls(fs, classes),
    ...statCalls(fs),
    ...nameCalls(fs),
    ...attributeCalls(fs),
    ...wholeFileCalls(fs),
    ...copyTreeCalls(fs),
    ...resolveCalls(fs),
    ...classes,
    StatWatcher: statWatcherClass(fs),
    kUsePromises: fs.kUsePromises,
  };
}
