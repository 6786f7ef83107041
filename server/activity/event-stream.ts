/** One kind of an environment's activity as Server-Sent Events (WHATWG HTML, 9.2), as fast as the reader reads. */
import type { ActivityKind } from '../../shared/protocol/activity.ts';
import type { Activity, ActivityEntry } from './activity.ts';

/** A comment goes out so often, so that proxies keep the connection and a reader that has gone is noticed. */
const PING_MS = 15_000;
const BATCH = 64;

export interface EventStreamOptions {
  activity: Activity;
  environmentId: string;
  kind: ActivityKind;
  /** Begins after this cursor; 0: with all that is kept. */
  after: number;
  /** Throws when the caller may no longer listen; asked at each ping. */
  check: () => void;
  onEnd: () => void;
  /** Of the view that a record is told as. */
  view: (entry: ActivityEntry) => unknown;
}

export function eventStream({ activity, environmentId, kind, after, check, onEnd, view }: EventStreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let cursor = after;
  let wake = Promise.withResolvers<void>();
  let stop = (): void => undefined;
  const end = (): void => {
    stop();
    stop = () => undefined;
  };
  return new ReadableStream({
    start(controller) {
      const unsubscribe = activity.subscribe(environmentId, () => wake.resolve());
      const ping = setInterval(() => {
        try {
          check();
          controller.enqueue(encoder.encode(': still here\n\n'));
        } catch {
          end();
          wake.resolve();
          controller.close();
        }
      }, PING_MS);
      const onClosed = (): void => {
        end();
        wake.resolve();
        controller.close();
      };
      activity.closed.addEventListener('abort', onClosed, { once: true });
      stop = () => {
        clearInterval(ping);
        unsubscribe();
        activity.closed.removeEventListener('abort', onClosed);
        onEnd();
      };
      controller.enqueue(encoder.encode('retry: 1000\n\n'));
    },
    async pull(controller) {
      for (;;) {
        wake = Promise.withResolvers();
        const { records, next, missed } = activity.sinceAny(environmentId, [kind], cursor, BATCH);
        cursor = next;
        const texts = [...(missed.length > 0 ? ['event: missed\ndata: {}\n\n'] : []), ...records.map((entry) => `id: ${entry.cursor}\nevent: ${kind}\ndata: ${JSON.stringify(view(entry))}\n\n`)];
        if (texts.length > 0) return controller.enqueue(encoder.encode(texts.join('')));
        await wake.promise;
        if (controller.desiredSize === null || controller.desiredSize <= 0) return;
      }
    },
    cancel: end,
  });
}
