/** Which panels of the workspace are shown. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

export interface LayoutState {
  side: 'files' | 'search' | 'changes' | 'history' | 'agents' | undefined;
  bottom: 'terminal' | 'problems' | 'tests' | 'backend' | undefined;
  preview: boolean;
  tools: 'console' | 'network' | 'performance' | undefined;
  /** The one pane that a narrow screen shows. */
  narrow: 'side' | 'editor' | 'terminal' | 'preview';
  palette: 'files' | 'commands' | undefined;
  dialog: 'share' | 'keys' | 'import' | undefined;
  /** A file of a step of the timeline, shown in place of the editors. */
  revision: { revision: number; path: string } | undefined;
  cursor: { line: number; column: number; selected: number } | undefined;
  language: string | undefined;
}

export function createLayout() {
  const store: StoreApi<LayoutState> = createStore<LayoutState>(() => ({
    side: 'files', bottom: 'terminal', preview: true, tools: undefined, narrow: 'preview', palette: undefined, dialog: undefined, revision: undefined, cursor: undefined, language: undefined,
  }));
  return {
    store,
    set: (change: Partial<LayoutState>) => store.setState(change),
    /** Shows a side panel, or hides it when it is shown already. */
    toggleSide: (side: NonNullable<LayoutState['side']>) => store.setState((state) => ({ side: state.side === side ? undefined : side, narrow: 'side' })),
    toggleBottom: (bottom: NonNullable<LayoutState['bottom']>) => store.setState((state) => ({ bottom: state.bottom === bottom ? undefined : bottom, narrow: 'terminal' })),
    toggleTools: (tools: NonNullable<LayoutState['tools']>) => store.setState((state) => ({ tools: state.tools === tools ? undefined : tools })),
    togglePreview: () => store.setState((state) => ({ preview: !state.preview })),
  };
}

export type Layout = ReturnType<typeof createLayout>;
