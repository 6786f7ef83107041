/** Events of @webcontainer/api, to whoever has subscribed. */
type Listener = (...args: unknown[]) => unknown;

export const EVENT_NAMES = ['port', 'server-ready', 'preview-message', 'error', 'xdg-open', 'code'] as const;
export type EventName = (typeof EVENT_NAMES)[number];

export class ContainerEvents {
  private readonly listeners = new Map<EventName, Set<Listener>>(EVENT_NAMES.map((name) => [name, new Set()]));

  /** @throws {TypeError} for a name that is no event @returns the unsubscribe */
  on(name: string, listener: Listener): () => void {
    const listeners = this.listeners.get(name as EventName);
    if (listeners === undefined) throw new TypeError(`There is no event ${JSON.stringify(name)}.`);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  emit(name: EventName, ...args: unknown[]): void {
    for (const listener of this.listeners.get(name) ?? []) listener(...args);
  }
}
