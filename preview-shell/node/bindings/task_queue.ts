import { native } from '../natives.ts';
import type { BindingContext } from '../context.ts';
import type { BrowserEventLoop } from '../loop/event-loop.ts';

const REJECT_WITH_NO_HANDLER = 0;
const HANDLER_ADDED_AFTER_REJECT = 1;

type RejectionCallback = (type: number, promise: Promise<unknown>, reason: unknown) => void;

/** The nextTick queue and unhandled rejections (node_task_queue.cc). */
export function create(ctx: BindingContext): Record<string, unknown> {
  const loop = ctx.loop as BrowserEventLoop;
  const tickInfo = new Uint8Array(2);
  let onRejection: RejectionCallback = () => {};

  native.addEventListener('unhandledrejection', (event) => {
    const { promise, reason } = event as PromiseRejectionEvent;
    event.preventDefault();
    loop.makeCallback(() => onRejection(REJECT_WITH_NO_HANDLER, promise, reason), undefined, []);
  });
  native.addEventListener('rejectionhandled', (event) => {
    const { promise } = event as PromiseRejectionEvent;
    loop.makeCallback(() => onRejection(HANDLER_ADDED_AFTER_REJECT, promise, undefined), undefined, []);
  });

  return {
    tickInfo,
    promiseRejectEvents: {
      kPromiseRejectWithNoHandler: REJECT_WITH_NO_HANDLER,
      kPromiseHandlerAddedAfterReject: HANDLER_ADDED_AFTER_REJECT,
      kPromiseResolveAfterResolved: 2,
      kPromiseRejectAfterResolved: 3,
    },
    enqueueMicrotask: native.queueMicrotask,
    // The browser runs micro-tasks when the stack is empty, and only then; the loop gives it one callback a task.
    runMicrotasks() {},
    setTickCallback(run: () => void) {
      loop.setTickQueue({ info: tickInfo, run: run.bind(ctx.process) });
    },
    setPromiseRejectCallback(callback: RejectionCallback) {
      onRejection = callback;
    },
  };
}
