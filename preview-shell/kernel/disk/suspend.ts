/**
 * Thrown from inside the disk when bytes that it needs are not in memory yet (a pack that is still on its way, content in asynchronous storage).
 * Who called waits for `ready` and does the whole operation again: nothing has been changed when this is thrown.
 */
export class NotLoaded extends Error {
  readonly ready: Promise<unknown>;

  constructor(what: string, ready: Promise<unknown>) {
    super(`Not loaded yet: ${what}`);
    this.name = 'NotLoaded';
    this.ready = ready;
  }
}

/** Runs `operation` until it no longer lacks anything. Synchronous when nothing is lacking. */
export function whenLoaded<T>(operation: () => T | Promise<T>): T | Promise<T> {
  try {
    return operation();
  } catch (error) {
    if (error instanceof NotLoaded) return error.ready.then(() => whenLoaded(operation));
    throw error;
  }
}
