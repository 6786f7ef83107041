import { FileDiff, X } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { DragEvent, KeyboardEvent } from 'react';
import { filePath } from '../../api/environments.ts';
import { call } from '../../api/request.ts';
import { toastError } from '../../state/toasts.ts';
import { Spinner, IconButton } from '../../ui/controls.tsx';
import { FileIcon } from '../../ui/FileIcon.tsx';
import { useSelected, useStore } from '../../ui/use-store.ts';
import { baseName, folderName } from '../../workspace/file-tree.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { tabKey } from '../../workspace/tabs.ts';
import type { EditorTab } from '../../workspace/tabs.ts';
import { FirstGlance, useEditorWanted } from './FirstGlance.tsx';
import { Logo } from '../../ui/Logo.tsx';

const CodeEditor = lazy(() => import('./CodeEditor.tsx'));
const DiffEditor = lazy(() => import('./DiffEditor.tsx'));
const RevisionView = lazy(() => import('./RevisionView.tsx'));
const DRAG_TYPE = 'application/x-terrarium-tab';

export function EditorArea({ session }: { session: WorkspaceSession }) {
  const { tabs, active } = useStore(session.tabs.store);
  const files = useStore(session.files);
  const current = tabs.find((tab) => tabKey(tab) === active);
  const file = files.find((one) => one.id === current?.fileId);
  const [editorWanted, wantEditor] = useEditorWanted(session);
  const revision = useSelected(session.layout.store, (state) => state.revision);
  if (revision !== undefined) {
    return (
      <Suspense fallback={<EditorLoading />}>
        <RevisionView session={session} {...revision} />
      </Suspense>
    );
  }
  return (
    <section className="editor-area" aria-label="Editor">
      {tabs.length > 0 && <TabBar session={session} />}
      {file !== undefined && (
        <nav className="breadcrumbs" aria-label="Path of the file">
          {file.path.split('/').map((part, index) => (
            <span key={index}>{part}</span>
          ))}
        </nav>
      )}
      <div className="editor-body">
        {current === undefined || file === undefined ? (
          <EmptyEditor />
        ) : file.kind === 'binary' ? (
          <BinaryFile session={session} path={file.path} />
        ) : !editorWanted ? (
          <FirstGlance session={session} fileId={file.id} onWanted={wantEditor} />
        ) : (
          <Suspense fallback={current.kind === 'diff' ? <EditorLoading /> : <FirstGlance session={session} fileId={file.id} onWanted={wantEditor} />}>
            {current.kind === 'diff' ? <DiffEditor session={session} fileId={file.id} /> : <CodeEditor session={session} fileId={file.id} />}
          </Suspense>
        )}
      </div>
    </section>
  );
}

function TabBar({ session }: { session: WorkspaceSession }) {
  const { tabs, active } = useStore(session.tabs.store);
  const files = useStore(session.files);
  const pathOf = (tab: EditorTab) => files.find((file) => file.id === tab.fileId)?.path ?? '';
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowRight') session.tabs.step(1);
    if (event.key === 'ArrowLeft') session.tabs.step(-1);
    if (event.key === 'Delete' && active !== undefined) session.tabs.close(active);
  };
  return (
    <div className="tab-bar" role="tablist" aria-label="Open files" onKeyDown={onKeyDown} onDragOver={(event) => event.preventDefault()} onDrop={(event) => drop(session, event, undefined)}>
      {tabs.map((tab) => {
        const key = tabKey(tab);
        const path = pathOf(tab);
        const name = baseName(path);
        const twin = tabs.some((other) => other.fileId !== tab.fileId && baseName(pathOf(other)) === name);
        return (
          <div
            key={key}
            role="tab"
            aria-selected={key === active}
            tabIndex={key === active ? 0 : -1}
            className={`tab ${key === active ? 'active' : ''} ${tab.pinned ? '' : 'preview-tab'}`}
            title={path}
            draggable
            onDragStart={(event) => event.dataTransfer.setData(DRAG_TYPE, key)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => drop(session, event, key)}
            onClick={() => session.tabs.open(tab.fileId, tab)}
            onDoubleClick={() => session.tabs.pin(key)}
            onMouseDown={(event) => event.button === 1 && event.preventDefault()}
            onAuxClick={(event) => event.button === 1 && session.tabs.close(key)}
          >
            {tab.kind === 'diff' ? <FileDiff size={13} /> : <FileIcon name={name} />}
            <span>{name}</span>
            {twin && <span className="tab-folder">{folderName(path)}</span>}
            <IconButton label={`Close ${name}`} small tabIndex={-1} className="tab-close" onClick={(event) => (event.stopPropagation(), session.tabs.close(key))}>
              <X size={13} />
            </IconButton>
          </div>
        );
      })}
    </div>
  );
}

function drop(session: WorkspaceSession, event: DragEvent, before: string | undefined): void {
  const key = event.dataTransfer.getData(DRAG_TYPE);
  if (key === '') return;
  event.preventDefault();
  event.stopPropagation();
  session.tabs.move(key, before);
}

function EditorLoading() {
  return (
    <div className="centre">
      <Spinner label="Loading the editor" />
    </div>
  );
}

function EmptyEditor() {
  const keys: [string, string][] = [
    ['Go to file', 'Ctrl P'],
    ['All commands', 'Ctrl Shift P'],
    ['Search in files', 'Ctrl Shift F'],
    ['Toggle terminal', 'Ctrl `'],
  ];
  return (
    <div className="centre empty-editor">
      <Logo size={52} />
      <dl>
        {keys.map(([what, how]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              {how.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const IMAGES: Record<string, string> = { png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif', ico: 'image/x-icon', bmp: 'image/bmp' };

/** The server gives every file as an attachment of no type, so the picture is made of its bytes here. */
function useImage(source: string, path: string): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const type = IMAGES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
    if (type === undefined) return;
    const abort = new AbortController();
    let made: string | undefined;
    const load = async () => {
      const bytes = await (await call(source, { signal: abort.signal })).arrayBuffer();
      made = URL.createObjectURL(new Blob([bytes], { type }));
      setUrl(made);
    };
    load().catch(toastError);
    return () => {
      abort.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [source, path]);
  return url;
}

function BinaryFile({ session, path }: { session: WorkspaceSession; path: string }) {
  const source = filePath(session.environmentId, path);
  const image = useImage(source, path);
  return (
    <div className="centre binary">
      {image !== undefined ? <img src={image} alt={path} /> : <p>This is a binary file. It cannot be edited here.</p>}
      {!session.isEmbedded && (
        <a className="button small" href={source} download={baseName(path)}>
          Download
        </a>
      )}
    </div>
  );
}
