import { useEffect, useMemo, useState } from 'react';
import { appData } from './collection.ts';
import type { AppDataHook, Fields, Item } from './types.d.ts';
import type { SandboxError } from './sandbox.ts';

interface State<T extends Fields> {
  /** Of which collection the items are. */
  of: string;
  items: Item<T>[] | undefined;
  error: SandboxError | undefined;
}

export function useAppData<T extends Fields = Record<string, unknown>>(collection: string): AppDataHook<T> {
  const data = useMemo(() => appData<T>(collection), [collection]);
  const [state, setState] = useState<State<T>>({ of: collection, items: undefined, error: undefined });
  useEffect(
    () => data.subscribe((items) => setState({ of: collection, items, error: undefined }), (error) => setState((before) => ({ of: collection, items: before.of === collection ? before.items : undefined, error }))),
    [data, collection],
  );
  const shown = state.of === collection ? state : { items: undefined, error: undefined };
  return { items: shown.items ?? [], isLoading: shown.items === undefined, error: shown.error, create: data.create, update: data.update, remove: data.remove };
}
