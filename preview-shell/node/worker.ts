/**
 * Entry of a thread's Worker. The page makes some ahead of need; each runs Node's bootstrap at once, waits for the page to say which thread it is, and from
 * then on runs the program.
 */
import { native } from './natives.ts';
import { setPlanScript, warmPlanner } from './modules/await-text.ts';
import { transforms } from './modules/transforms.ts';
import { PRELOADED } from './bootstrap/preload.ts';
import { prepareThread, type PreparedThread } from './bootstrap/thread.ts';
import { ServiceWorkerPublisher, threadKey } from './module-publisher.ts';
import type { ToThread } from './protocol.ts';

type Prepare = Extract<ToThread, { type: 'prepare' }>;

/** Milliseconds after which a spare thread is likely to wait longer: those that are made for a program at once must not be delayed. */
const IDLE_MS = 4000;

let prepared: { message: Prepare; thread: () => PreparedThread } | undefined;
let publisher: ServiceWorkerPublisher | undefined;

function receive({ data }: MessageEvent<ToThread>): void {
  switch (data.type) {
    case 'prepare':
      transforms.setAddress(data.transform);
      setPlanScript(data.plan);
      native.setTimeout(() => { if (publisher === undefined) warmPlanner(); }, IDLE_MS);
      prepared = { message: data, thread: attempt(() => prepareThread(data.library)) };
      break;
    case 'preload':
      preload(PRELOADED[data.preload]);
      break;
    case 'modules':
      publisher?.attach(data.modules);
      break;
    case 'start': {
      if (prepared === undefined) throw new Error('A thread was started before it was prepared.');
      const { message, thread } = prepared;
      publisher = new ServiceWorkerPublisher(message.origin, threadKey(message.session, data.start.threadId));
      publisher.attach(data.modules);
      thread().start(data.start, publisher);
    }
  }
}

/** One module at a time: the thread may be given its program between any two. */
function preload([id, ...rest]: readonly string[]): void {
  if (id === undefined) return;
  native.setTimeout(() => {
    if (publisher !== undefined || prepared === undefined) return;
    const { message, thread } = prepared;
    prepared = { message, thread: attempt(() => {
      const made = thread();
      made.preload(id);
      return made;
    }) };
    preload(rest);
  }, 0);
}

/** Nobody listens for the errors of a spare Worker: they are thrown when it is used. */
function attempt<T>(work: () => T): () => T {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    return () => { throw error; };
  }
}

native.addEventListener('message', receive as EventListener);
