import type { Value } from '../../abi/codec.ts';
import type { LibuvStreamWrap } from './stream_wrap.ts';

/** One entry of what `getValidStdio` of internal/child_process makes of the `stdio` option. */
export interface StdioOption {
  type: 'pipe' | 'overlapped' | 'ignore' | 'inherit' | 'fd' | 'wrap';
  fd?: number;
  handle?: LibuvStreamWrap;
  /** spawnSync: what the child reads. */
  input?: ArrayBufferView | null;
}

/** As the kernel's `proc.spawn` wants it: the number is of the calling process. */
export function descriptorOf(option: StdioOption, fd: number): Value {
  switch (option.type) {
    case 'pipe':
    case 'overlapped': return { type: 'pipe' };
    case 'ignore': return { type: 'ignore' };
    case 'inherit': return { type: 'fd', fd: option.fd ?? fd };
    case 'fd': return { type: 'fd', fd: option.fd ?? -1 };
    case 'wrap': return { type: 'fd', fd: option.handle?.fd ?? -1 };
  }
}
