/** The connections of one HTTP server, so that it can close idle and late ones (ConnectionsList of node_http_parser.cc). */
export interface TrackedConnection {
  /** Milliseconds of the monotonic clock; 0 while no message is under way. */
  readonly messageStart: number;
  readonly headersCompleted: boolean;
}

const clock = globalThis.performance;

export function monotonicNow(): number {
  return clock.now();
}

export class ConnectionsList {
  readonly #all = new Set<TrackedConnection>();
  readonly #active = new Set<TrackedConnection>();

  all(): TrackedConnection[] {
    return [...this.#all];
  }

  idle(): TrackedConnection[] {
    return this.all().filter(({ messageStart }) => messageStart === 0);
  }

  active(): TrackedConnection[] {
    return [...this.#active];
  }

  /** Connections whose head or message takes longer than the limits (milliseconds, 0 for none); they are reported once. */
  expired(headersTimeout: number, requestTimeout: number): TrackedConnection[] {
    const now = monotonicNow();
    const late = (start: number, timeout: number): boolean => timeout > 0 && start < now - timeout;
    const expired = [...this.#active].filter(({ messageStart, headersCompleted }) =>
      (!headersCompleted && late(messageStart, headersTimeout)) || late(messageStart, requestTimeout));
    for (const connection of expired) this.#active.delete(connection);
    return expired;
  }

  add(connection: TrackedConnection): void {
    this.#all.add(connection);
  }

  activate(connection: TrackedConnection): void {
    this.#active.add(connection);
  }

  deactivate(connection: TrackedConnection): void {
    this.#active.delete(connection);
  }

  remove(connection: TrackedConnection): void {
    this.#all.delete(connection);
    this.#active.delete(connection);
  }
}
