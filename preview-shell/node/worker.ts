/** Entry of a thread's Worker. It waits for the page to say which thread it is; from then on it runs the program. */
import './natives.ts';
import { startThread } from './bootstrap/thread.ts';
import { createModulePublisher } from './module-publisher.ts';
import type { ToThread } from './protocol.ts';

let prepared: Extract<ToThread, { type: 'prepare' }> | undefined;

function receive({ data }: MessageEvent<ToThread>): void {
  if (data.type === 'prepare') {
    prepared = data;
    return;
  }
  if (prepared === undefined) throw new Error('A thread was started before it was prepared.');
  globalThis.removeEventListener('message', receive as EventListener);
  startThread(data.start, prepared.library, createModulePublisher(prepared.origin, data.start));
}

globalThis.addEventListener('message', receive as EventListener);
