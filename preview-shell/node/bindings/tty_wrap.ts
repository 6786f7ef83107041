/** Terminals (src/tty_wrap.cc). */
import { SysError } from '../../abi/errno.ts';
import type { BindingContext } from '../context.ts';
import { attempt } from './handles.ts';
import { LibuvStreamWrap } from './stream_wrap.ts';

/** What `uv_tty_init` failed with, for ERR_TTY_INIT_FAILED. */
interface InitFailure {
  errno?: number;
  code?: string;
  message?: string;
  syscall?: string;
}

export function create(ctx: BindingContext): Record<string, unknown> {
  const isTTY = (fd: number): boolean => ctx.kernel.call('fd.kind', fd) === 'tty';

  class TTY extends LibuvStreamWrap {
    constructor(fd: number, failure: InitFailure) {
      super(ctx, 'TTYWRAP');
      if (isTTY(fd)) this.adopt(fd);
      else describeFailure(failure, fd);
    }

    getWindowSize(size: [number, number]): number {
      return attempt(() => {
        const [columns, rows] = ctx.kernel.call('tty.size', this.fd) as [number, number];
        size[0] = columns;
        size[1] = rows;
      });
    }

    setRawMode(raw: boolean): number {
      return attempt(() => ctx.kernel.call('tty.setRaw', this.fd, raw));
    }
  }

  return { TTY, isTTY };
}

function describeFailure(failure: InitFailure, fd: number): void {
  const error = new SysError('EINVAL', `descriptor ${fd} is not a terminal`);
  Object.assign(failure, { errno: error.errno, code: 'EINVAL', message: 'invalid argument', syscall: 'uv_tty_init' } satisfies InitFailure);
}
