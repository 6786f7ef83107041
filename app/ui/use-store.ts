import { useStore as useZustand } from 'zustand';
import { useShallow } from 'zustand/react/shallow';

interface Readable<T> {
  getState(): T;
  getInitialState(): T;
  subscribe(listener: (state: T, previous: T) => void): () => void;
}

/** The whole state of a store. */
export function useStore<T>(store: Readable<T>): T {
  return useZustand(store);
}

/** A part of it; objects and lists count as the same when their fields are. */
export function useSelected<T, P>(store: Readable<T>, select: (state: T) => P): P {
  return useZustand(store, useShallow(select));
}
