import { Bot, Code, FileDiff, Files, Globe, History, PanelBottom, Search, SquareTerminal } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { navigate } from '../../state/router.ts';
import { Button, ErrorText, IconButton } from '../../ui/controls.tsx';
import { useSelected, useStore } from '../../ui/use-store.ts';
import { closeError } from '../../workspace/close-error.ts';
import { runKeys } from '../../workspace/commands.ts';
import type { LayoutState } from '../../workspace/layout.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { AgentsPanel } from './agents/AgentsPanel.tsx';
import { BottomPanel } from './BottomPanel.tsx';
import { ChangesPanel } from './ChangesPanel.tsx';
import { EditorArea } from './EditorArea.tsx';
import { HistoryPanel } from './HistoryPanel.tsx';
import { FileTree } from './FileTree.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { Suspended } from './Suspended.tsx';
import { KeysDialog } from './KeysDialog.tsx';
import { Palette } from './Palette.tsx';
import { Notices } from './Notices.tsx';
import { PreviewColumn } from './PreviewColumn.tsx';
import { SearchPanel } from './SearchPanel.tsx';
import { ShareDialog } from './ShareDialog.tsx';
import { StatusBar } from './StatusBar.tsx';
import { TopBar } from './TopBar.tsx';

const narrowQuery = window.matchMedia('(max-width: 860px)');

export function WorkspacePage({ session }: { session: WorkspaceSession }) {
  const narrow = useSyncExternalStore(subscribeNarrow, () => narrowQuery.matches);
  const dialog = useSelected(session.layout.store, (state) => state.dialog);
  const closed = useSelected(session.document.state, (state) => state.closedReason);
  useKeys(session);
  useTitle(session);
  if (closed?.code === 4423) return <Suspended session={session} />;
  if (closed !== undefined) return <Closed reason={closed} environmentId={session.environmentId} />;
  const close = () => session.layout.set({ dialog: undefined });
  return (
    <div className="workspace">
      <TopBar session={session} />
      <Notices session={session} />
      {narrow ? <NarrowBody session={session} /> : <WideBody session={session} />}
      <StatusBar session={session} />
      <Palette session={session} />
      {dialog === 'share' && <ShareDialog session={session} onClose={close} />}
      {dialog === 'import' && <ImportDialog session={session} onClose={close} />}
      {dialog === 'keys' && <KeysDialog onClose={close} />}
    </div>
  );
}

function subscribeNarrow(callback: () => void) {
  narrowQuery.addEventListener('change', callback);
  return () => narrowQuery.removeEventListener('change', callback);
}

/** Before the editor and the terminal get a key, since both would take some of these for themselves. */
function useKeys(session: WorkspaceSession) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (document.querySelector('dialog[open]') !== null || !runKeys(session, event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [session]);
}

function useTitle(session: WorkspaceSession) {
  const environment = useSelected(session.state, (state) => state.environment);
  useEffect(() => void (document.title = `${environment?.taskId ?? session.environmentId} · Terrarium`), [environment, session]);
}

function WideBody({ session }: { session: WorkspaceSession }) {
  const { side, preview } = useSelected(session.layout.store, ({ side, preview }) => ({ side, preview }));
  const panelIds = [...(side === undefined ? [] : ['side']), 'middle', ...(preview ? ['preview'] : [])];
  const saved = useDefaultLayout({ id: 'terrarium.columns', panelIds, storage: localStorage });
  return (
    <div className="workspace-body">
      <ActivityBar session={session} />
      <Group className="columns" orientation="horizontal" defaultLayout={saved.defaultLayout} onLayoutChanged={saved.onLayoutChanged}>
        {side !== undefined && (
          <>
            <Panel id="side" defaultSize="16%" minSize={170} maxSize="40%">
              <SidePanel session={session} side={side} />
            </Panel>
            <Separator className="separator" aria-label="Resize the side bar" />
          </>
        )}
        <Panel id="middle" minSize={260}>
          <Middle session={session} />
        </Panel>
        {preview && (
          <>
            <Separator className="separator" aria-label="Resize the preview" />
            <Panel id="preview" defaultSize="38%" minSize={240}>
              <PreviewColumn session={session} />
            </Panel>
          </>
        )}
      </Group>
    </div>
  );
}

const SIDES = [
  { id: 'files', label: 'Files', keys: 'Ctrl+Shift+E', icon: <Files size={19} /> },
  { id: 'search', label: 'Search', keys: 'Ctrl+Shift+F', icon: <Search size={19} /> },
  { id: 'changes', label: 'Changes', keys: 'Ctrl+Shift+G', icon: <FileDiff size={19} /> },
  { id: 'history', label: 'History', keys: 'Ctrl+Shift+H', icon: <History size={19} /> },
  { id: 'agents', label: 'Agents', keys: 'Ctrl+Shift+A', icon: <Bot size={19} /> },
] as const;

function ActivityBar({ session }: { session: WorkspaceSession }) {
  const { side, bottom, preview } = useStore(session.layout.store);
  return (
    <nav className="activity-bar" aria-label="Views">
      {SIDES.map(({ id, label, keys, icon }) => (
        <IconButton key={id} label={label} keys={keys} aria-pressed={side === id} onClick={() => session.layout.toggleSide(id)}>
          {icon}
        </IconButton>
      ))}
      <span className="grow" />
      <IconButton label="Bottom panel" keys="Ctrl+`" aria-pressed={bottom !== undefined} onClick={() => session.layout.toggleBottom(bottom ?? 'terminal')}>
        <PanelBottom size={18} />
      </IconButton>
      <IconButton label="Preview" keys="Ctrl+Alt+P" aria-pressed={preview} onClick={() => session.layout.togglePreview()}>
        <Globe size={18} />
      </IconButton>
    </nav>
  );
}

function SidePanel({ session, side }: { session: WorkspaceSession; side: NonNullable<LayoutState['side']> }) {
  if (side === 'history') return <HistoryPanel session={session} />;
  if (side === 'agents') return <AgentsPanel session={session} />;
  if (side === 'search') return <SearchPanel session={session} />;
  return side === 'changes' ? <ChangesPanel session={session} /> : <FileTree session={session} />;
}

function Middle({ session }: { session: WorkspaceSession }) {
  const bottom = useSelected(session.layout.store, (state) => state.bottom);
  const saved = useDefaultLayout({ id: 'terrarium.rows', panelIds: bottom === undefined ? ['editor'] : ['editor', 'bottom'], storage: localStorage });
  return (
    <Group orientation="vertical" defaultLayout={saved.defaultLayout} onLayoutChanged={saved.onLayoutChanged}>
      <Panel id="editor" minSize={100}>
        <EditorArea session={session} />
      </Panel>
      {bottom !== undefined && (
        <>
          <Separator className="separator" aria-label="Resize the bottom panel" />
          <Panel id="bottom" defaultSize="32%" minSize={80}>
            <BottomPanel session={session} />
          </Panel>
        </>
      )}
    </Group>
  );
}

/** What a narrow screen shows one at a time, beside the side panels. */
const NARROW_TABS = [
  { id: 'editor', label: 'Editor', icon: <Code size={17} /> },
  { id: 'terminal', label: 'Terminal', icon: <SquareTerminal size={17} /> },
  { id: 'preview', label: 'Preview', icon: <Globe size={17} /> },
] as const;

/** One pane at a time; the preview stays in the page so that switching does not reload it. */
function NarrowBody({ session }: { session: WorkspaceSession }) {
  const { narrow, side } = useSelected(session.layout.store, ({ narrow, side }) => ({ narrow, side }));
  const shownSide = SIDES.find(({ id }) => id === side) ?? SIDES[0];
  const active = useSelected(session.tabs.store, (state) => state.active);
  useEffect(() => {
    if (session.layout.store.getState().narrow === 'side') session.layout.set({ narrow: 'editor' });
  }, [session, active]);
  return (
    <>
      <div className="narrow-body">
        {narrow === 'side' && <NarrowSide session={session} side={side ?? 'files'} />}
        {narrow === 'editor' && <EditorArea session={session} />}
        {narrow === 'terminal' && <BottomPanel session={session} />}
        <div className="fill" hidden={narrow !== 'preview'}>
          <PreviewColumn session={session} />
        </div>
      </div>
      <nav className="narrow-tabs" aria-label="Panes">
        <button type="button" aria-pressed={narrow === 'side'} onClick={() => session.layout.set({ narrow: 'side' })}>
          {shownSide.icon}
          {shownSide.label}
        </button>
        {NARROW_TABS.map(({ id, label, icon }) => (
          <button key={id} type="button" aria-pressed={narrow === id} onClick={() => session.layout.set({ narrow: id })}>
            {icon}
            {label}
          </button>
        ))}
      </nav>
    </>
  );
}

/** One side panel, and the others a touch away. */
function NarrowSide({ session, side }: { session: WorkspaceSession; side: NonNullable<LayoutState['side']> }) {
  return (
    <div className="narrow-side">
      <div className="narrow-sides" role="tablist" aria-label="Side panels">
        {SIDES.map(({ id, label, icon }) => (
          <button key={id} type="button" role="tab" aria-selected={side === id} onClick={() => session.layout.set({ side: id })}>
            {icon}
            {label}
          </button>
        ))}
      </div>
      <SidePanel session={session} side={side} />
    </div>
  );
}

function Closed({ reason, environmentId }: { reason: { code: number; reason: string }; environmentId: string }) {
  const error = closeError(reason, environmentId);
  const signIn = reason.code === 4401;
  return (
    <main className="centre-page">
      <h1>{signIn ? 'Sign in to open this environment' : reason.code === 4404 ? 'There is no such environment' : 'This environment is closed'}</h1>
      <p>
        <ErrorText error={error} />
      </p>
      <Button kind="primary" onClick={() => navigate(signIn ? `/login?returnTo=${encodeURIComponent(location.pathname)}` : '/')}>
        {signIn ? 'Sign in' : 'Go to the environments'}
      </Button>
    </main>
  );
}
