/** Entry of a thread's Worker. It waits for the page to say which thread it is; from then on it runs the program. */
import { native } from './natives.ts';
import { setPlanScript, warmPlanner } from './modules/await-text.ts';
import { setTransformScript } from './modules/sync-evaluate.ts';
import { startThread } from './bootstrap/thread.ts';
import { ServiceWorkerPublisher, threadKey } from './module-publisher.ts';
import type { ToThread } from './protocol.ts';

type Prepared = Extract<ToThread, { type: 'prepare' }>;

/** Milliseconds after which a spare thread is likely to wait longer: those that are made for a program at once must not be delayed. */
const IDLE_MS = 4000;

let prepared: Prepared | undefined;
let publisher: ServiceWorkerPublisher | undefined;

function receive({ data }: MessageEvent<ToThread>): void {
  switch (data.type) {
    case 'prepare':
      prepared = data;
      setTransformScript(data.transform);
      setPlanScript(data.plan);
      native.setTimeout(() => { if (publisher === undefined) warmPlanner(); }, IDLE_MS);
      break;
    case 'modules':
      publisher?.attach(data.modules);
      break;
    case 'start':
      if (prepared === undefined) throw new Error('A thread was started before it was prepared.');
      publisher = new ServiceWorkerPublisher(prepared.origin, threadKey(prepared.session, data.start.threadId));
      publisher.attach(data.modules);
      startThread(data.start, prepared.library, publisher);
  }
}

native.addEventListener('message', receive as EventListener);
