/** For tests: what a binding is given, without Node's bootstrap. Callbacks run at once; what holds the loop is counted. */
import type { ChannelClient } from '../../abi/channel.ts';
import type { KernelEvent } from '../../abi/events.ts';
import type { BindingContext } from '../context.ts';
import { create as createAsyncContextFrame } from './async_context_frame.ts';
import { create as createAsyncWrap } from './async_wrap.ts';

export interface TestContext {
  ctx: BindingContext;
  /** How many things keep the thread alive. */
  holds(): number;
  /** An event of the kernel, as the thread's port delivers it. */
  deliver(event: KernelEvent): void;
}

export function testContext(call: ChannelClient['call'], note: BindingContext['kernel']['note'] = () => {}): TestContext {
  let holds = 0;
  const byDescriptor = new Map<number, Set<(event: never) => void>>();
  const byType = new Map<string, Set<(event: never) => void>>();
  const subscribe = <K>(map: Map<K, Set<(event: never) => void>>, key: K, listener: (event: never) => void): (() => void) => {
    const listeners = map.get(key) ?? new Set();
    map.set(key, listeners.add(listener));
    return () => void listeners.delete(listener);
  };
  const hold = (): (() => void) => {
    holds++;
    let held = true;
    return () => {
      if (held) holds--;
      held = false;
    };
  };
  const bindings: Record<string, Record<string, unknown>> = {};
  const ctx: BindingContext = {
    loop: {
      idleTime: 0,
      hold,
      enqueue: (callback) => void setImmediate(callback),
      complete: (callback) => {
        const release = hold();
        setImmediate(() => {
          release();
          callback();
        });
      },
      makeCallback: (callback, self, args) => Reflect.apply(callback, self, args as unknown[]),
    },
    kernel: {
      call, note,
      onDescriptor: (fd, listener) => subscribe(byDescriptor, fd, listener as (event: never) => void),
      on: (type, listener) => subscribe(byType, type, listener as (event: never) => void),
    },
    image: { pid: 2, ppid: 1, argv: ['node'], execArgv: [], execPath: '/usr/bin/node', env: {}, cwd: '/', umask: 0o022, carriesContext: false },
    threadId: 1,
    isMainThread: true,
    startedAt: 0,
    process: {},
    global: globalThis,
    internalBinding: (name) => bindings[name] ?? {},
    primordials: {},
    hooks: {},
  };
  bindings['async_wrap'] = createAsyncWrap(ctx);
  bindings['async_context_frame'] = createAsyncContextFrame(ctx);
  const deliver = (event: KernelEvent): void => {
    const listeners = 'fd' in event ? byDescriptor.get(event.fd) : byType.get(event.type);
    for (const listener of [...(listeners ?? [])]) (listener as (event: KernelEvent) => void)(event);
  };
  return { ctx, holds: () => holds, deliver };
}
