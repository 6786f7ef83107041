/** Events of @webcontainer/api, to whoever has subscribed. */
type Listener = (...args: unknown[]) => unknown;

export const EVENT_NAMES = ['port', 'server-ready', 'preview-message', 'error', 'xdg-open', 'code'] as const;
export type EventName = (typeof EVENT_NAMES)[number];

const MAX_EARLY = 100;

export class ContainerEvents {
  /** Errors of a start that nobody could listen to yet. */
  private early: unknown[][] = [];
  private readonly listeners = new Map<EventName, Set<Listener>>(EVENT_NAMES.map((name) => [name, new Set()]));

  /** @throws {TypeError} for a name that is no event @returns the unsubscribe */
  on(name: string, listener: Listener): () => void {
    const listeners = this.listeners.get(name as EventName);
    if (listeners === undefined) throw new TypeError(`There is no event ${JSON.stringify(name)}.`);
    listeners.add(listener);
    if (name === 'error') for (const args of this.early.splice(0)) listener(...args);
    return () => void listeners.delete(listener);
  }

  emit(name: EventName, ...args: unknown[]): void {
    const listeners = this.listeners.get(name);
    if (name === 'error' && listeners?.size === 0 && this.early.length < MAX_EARLY) this.early.push(args);
    for (const listener of listeners ?? []) listener(...args);
  }
}
