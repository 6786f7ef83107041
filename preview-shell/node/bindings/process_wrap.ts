/** Children (src/process_wrap.cc). */
import type { Value } from '../../abi/codec.ts';
import type { BindingContext } from '../context.ts';
import { attempt, errnoOf, errnoOfName, HandleWrap } from './handles.ts';
import { descriptorOf, type StdioOption } from './stdio-options.ts';

/** What `ChildProcess.spawn` of Node hands over, and what the container adds: `processGroup` and `foreground` for job control. */
interface SpawnOptions {
  file: string;
  args?: string[];
  cwd?: string;
  envPairs?: string[];
  stdio?: StdioOption[];
  detached?: boolean;
  /** Group to join; 0 for one of its own (setpgid(2)). */
  processGroup?: number;
  /** Its group becomes the terminal's foreground group. */
  foreground?: boolean;
}

export function create(ctx: BindingContext): Record<string, unknown> {
  class Process extends HandleWrap {
    pid: number | undefined = undefined;
    /** `onexit(exitStatus, termSignal)` */
    onexit: unknown = undefined;
    #unsubscribe: (() => void) | undefined;

    constructor() {
      super(ctx, 'PROCESSWRAP');
    }

    spawn(options: SpawnOptions): number {
      const stdio = options.stdio ?? [];
      let child: { pid: number; pipes: [number, number][] };
      try {
        child = ctx.kernel.call('proc.spawn', spawnRequest(options, stdio)) as unknown as typeof child;
      } catch (error) {
        const status = errnoOf(error);
        // libuv has made the pipes by then: Node reads their end.
        for (const { type, handle } of stdio) if (type === 'pipe' || type === 'overlapped') handle?.adopt(ctx.kernel.call('fd.closedSocket') as number);
        return status;
      }
      for (const [fd, own] of child.pipes) stdio[fd]?.handle?.adopt(own);
      this.pid = child.pid;
      this.setActive(true);
      this.#unsubscribe = ctx.kernel.on('child-exit', (event) => {
        if (event.pid === this.pid) this.#exited(event.code, event.signal);
      });
      return 0;
    }

    kill(signal: number): number {
      if (this.pid === undefined) return errnoOfName('ESRCH');
      return attempt(() => ctx.kernel.call('proc.kill', this.pid, signal));
    }

    protected override closed(): void {
      this.#unsubscribe?.();
    }

    #exited(code: number, signal: string | null): void {
      this.#unsubscribe?.();
      this.setActive(false);
      this.makeCallback(this.onexit, [code, signal ?? '']);
    }
  }

  return { Process };
}

function spawnRequest(options: SpawnOptions, stdio: readonly StdioOption[]): Value {
  const { file, args, cwd, envPairs, detached, processGroup, foreground } = options;
  return {
    file, args: args ?? [], cwd: cwd ?? null, env: envPairs ?? [], stdio: stdio.map(descriptorOf), detached: detached === true,
    group: processGroup ?? null, foreground: foreground === true,
  };
}
