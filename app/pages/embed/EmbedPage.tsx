/** The workspace's own parts in a frame of another page: editor, preview, its console and requests (row E6). */
import { Code, Eye, Files, Globe } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { followMember } from '../../embed/follow-member.ts';
import type { Shown } from '../../embed/shown.ts';
import { IconButton } from '../../ui/controls.tsx';
import { Logo } from '../../ui/Logo.tsx';
import { Toasts } from '../../ui/Toasts.tsx';
import { useSelected, useStore } from '../../ui/use-store.ts';
import { closeError } from '../../workspace/close-error.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { EditorArea } from '../workspace/EditorArea.tsx';
import { FileTree } from '../workspace/FileTree.tsx';
import { Notices } from '../workspace/Notices.tsx';
import { PreviewColumn } from '../workspace/PreviewColumn.tsx';
import type { Tool } from '../workspace/PreviewColumn.tsx';
import { SavedState } from '../workspace/StatusBar.tsx';
import { BootChip } from '../workspace/TopBar.tsx';
import { EmbedFailed } from './EmbedFailed.tsx';

const narrowQuery = window.matchMedia('(max-width: 640px)');

interface Props {
  session: WorkspaceSession;
  shown: Shown;
  title: string;
  role: 'viewer' | 'editor';
}

export function EmbedPage({ session, shown, title, role }: Props) {
  const { editor, console, network, agent } = useStore(shown);
  const narrow = useSyncExternalStore(subscribeNarrow, () => narrowQuery.matches);
  const closed = useSelected(session.document.state, (state) => state.closedReason);
  useEffect(() => (agent === undefined ? undefined : followMember(session, agent)), [session, agent]);
  useEffect(() => session.layout.set({ tools: console ? 'console' : network ? 'network' : undefined }), [session, console, network]);
  useEffect(() => void (document.title = `${title} · Terrarium`), [title]);
  if (closed !== undefined) return <EmbedFailed error={closeError(closed, session.environmentId)} onAgain={() => location.reload()} />;
  const tools: Tool[] = [...(console ? (['console'] as const) : []), ...(network ? (['network'] as const) : [])];
  return (
    <div className="embed">
      <header className="embed-bar">
        <Logo size={18} />
        <h1>{title}</h1>
        <BootChip session={session} />
        <span className="grow" />
        {role === 'viewer' && editor && (
          <span className="chip" title="What you see cannot be changed from here">
            <Eye size={12} /> read only
          </span>
        )}
        <SavedState session={session} />
      </header>
      <Notices session={session} />
      {!editor ? <PreviewColumn session={session} tools={tools} /> : narrow ? <OnePane session={session} tools={tools} /> : <SideBySide session={session} tools={tools} />}
      <Toasts />
    </div>
  );
}

function subscribeNarrow(callback: () => void) {
  narrowQuery.addEventListener('change', callback);
  return () => narrowQuery.removeEventListener('change', callback);
}

function SideBySide({ session, tools }: { session: WorkspaceSession; tools: Tool[] }) {
  return (
    <Group className="embed-body" orientation="horizontal">
      <Panel id="editor" defaultSize="50%" minSize={220}>
        <EditorWithFiles session={session} />
      </Panel>
      <Separator className="separator" aria-label="Resize the preview" />
      <Panel id="preview" minSize={200}>
        <PreviewColumn session={session} tools={tools} />
      </Panel>
    </Group>
  );
}

/** The list of files lies over the editor: a frame in a page is small. */
function EditorWithFiles({ session }: { session: WorkspaceSession }) {
  const [files, setFiles] = useState(false);
  const active = useSelected(session.tabs.store, (state) => state.active);
  useEffect(() => setFiles(false), [active]);
  return (
    <div className="embed-editor" onKeyDown={(event) => event.key === 'Escape' && files && setFiles(false)}>
      <div className="embed-files-bar">
        <IconButton label="Files" small aria-pressed={files} aria-expanded={files} onClick={() => setFiles(!files)}>
          <Files size={15} />
        </IconButton>
      </div>
      <EditorArea session={session} />
      {files && (
        <div className="embed-files">
          <FileTree session={session} />
        </div>
      )}
    </div>
  );
}

const PANES = [
  { id: 'side', label: 'Files', icon: <Files size={17} /> },
  { id: 'editor', label: 'Editor', icon: <Code size={17} /> },
  { id: 'preview', label: 'Preview', icon: <Globe size={17} /> },
] as const;

/** One at a time; the preview stays in the page so that switching does not load it again. */
function OnePane({ session, tools }: { session: WorkspaceSession; tools: Tool[] }) {
  const pane = useSelected(session.layout.store, (state) => (state.narrow === 'terminal' ? 'preview' : state.narrow));
  const active = useSelected(session.tabs.store, (state) => state.active);
  useEffect(() => {
    if (session.layout.store.getState().narrow === 'side') session.layout.set({ narrow: 'editor' });
  }, [session, active]);
  return (
    <>
      <div className="narrow-body embed-body">
        {pane === 'side' && <FileTree session={session} />}
        {pane === 'editor' && <EditorArea session={session} />}
        <div className="fill" hidden={pane !== 'preview'}>
          <PreviewColumn session={session} tools={tools} />
        </div>
      </div>
      <nav className="narrow-tabs" aria-label="Panes">
        {PANES.map(({ id, label, icon }) => (
          <button key={id} type="button" aria-pressed={pane === id} onClick={() => session.layout.set({ narrow: id })}>
            {icon}
            {label}
          </button>
        ))}
      </nav>
    </>
  );
}
