/** Editor tabs: one preview tab that the next single click replaces, the others pinned; ids are file ids. Pure but for the store. */
import { createStore } from 'zustand/vanilla';

/** `diff` compares a file with what it was when this workspace was opened. */
export interface EditorTab {
  fileId: string;
  kind: 'file' | 'diff';
  pinned: boolean;
}

export interface TabsState {
  tabs: EditorTab[];
  active: string | undefined;
  /** Most recent first, for what to show when one closes. */
  recent: string[];
}

export const tabKey = (tab: Pick<EditorTab, 'fileId' | 'kind'>) => `${tab.kind}:${tab.fileId}`;

export function openTab(state: TabsState, tab: EditorTab): TabsState {
  const key = tabKey(tab);
  const at = state.tabs.findIndex((one) => tabKey(one) === key);
  const focus = { active: key, recent: [key, ...state.recent.filter((one) => one !== key)] };
  if (at !== -1) return { tabs: tab.pinned ? state.tabs.with(at, tab) : state.tabs, ...focus };
  const replaced = tab.pinned ? -1 : state.tabs.findIndex((one) => !one.pinned);
  if (replaced !== -1) return { tabs: state.tabs.with(replaced, tab), ...focus };
  const after = state.tabs.findIndex((one) => tabKey(one) === state.active) + 1;
  return { tabs: state.tabs.toSpliced(after === 0 ? state.tabs.length : after, 0, tab), ...focus };
}

export function closeTab(state: TabsState, key: string): TabsState {
  const tabs = state.tabs.filter((tab) => tabKey(tab) !== key);
  const open = new Set(tabs.map(tabKey));
  const recent = state.recent.filter((one) => open.has(one));
  return { tabs, recent, active: state.active === key ? recent[0] : state.active };
}

export function moveTab(state: TabsState, key: string, before: string | undefined): TabsState {
  const tab = state.tabs.find((one) => tabKey(one) === key);
  if (tab === undefined || key === before) return state;
  const rest = state.tabs.filter((one) => tabKey(one) !== key);
  const at = rest.findIndex((one) => tabKey(one) === before);
  return { ...state, tabs: rest.toSpliced(at === -1 ? rest.length : at, 0, tab) };
}

export function createTabs() {
  const store = createStore<TabsState>(() => ({ tabs: [], active: undefined, recent: [] }));
  return {
    store,
    open: (fileId: string, options: { pinned?: boolean; kind?: 'file' | 'diff' } = {}) =>
      store.setState((state) => openTab(state, { fileId, kind: options.kind ?? 'file', pinned: options.pinned ?? false })),
    close: (key: string) => store.setState((state) => closeTab(state, key)),
    closeOthers: (key: string) => store.setState((state) => state.tabs.filter((tab) => tabKey(tab) !== key).map(tabKey).reduce(closeTab, state)),
    pin: (key: string) => store.setState(({ tabs }) => ({ tabs: tabs.map((tab) => (tabKey(tab) === key ? { ...tab, pinned: true } : tab)) })),
    move: (key: string, before: string | undefined) => store.setState((state) => moveTab(state, key, before)),
    step(by: 1 | -1) {
      store.setState((state) => {
        const at = state.tabs.findIndex((tab) => tabKey(tab) === state.active);
        const next = state.tabs[(at + by + state.tabs.length) % state.tabs.length];
        return next === undefined ? state : openTab(state, next);
      });
    },
    /** Drops tabs whose file is gone. */
    keepOnly: (ids: ReadonlySet<string>) =>
      store.setState((state) => state.tabs.filter((tab) => !ids.has(tab.fileId)).map(tabKey).reduce(closeTab, state)),
  };
}

export type Tabs = ReturnType<typeof createTabs>;
