/** What one step changed in one file, side by side, in place of the editors. */
import { RotateCcw, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { readRevisionText, readStep, revisionFilePath } from '../../api/history.ts';
import type { RevisionChange, RevisionStep } from '../../api/history.ts';
import { monaco } from '../../editor/monaco.ts';
import { describeError, isAbort } from '../../state/describe-error.ts';
import type { Described } from '../../state/describe-error.ts';
import { attempt } from '../../state/toasts.ts';
import { Button, ErrorText, IconButton, Spinner } from '../../ui/controls.tsx';
import { useSelected } from '../../ui/use-store.ts';
import { baseName } from '../../workspace/file-tree.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { restore } from './HistoryPanel.tsx';

interface Loaded {
  step: RevisionStep;
  file: RevisionChange;
  /** Of a text file, on both sides. */
  texts: { before: string; after: string } | undefined;
}

export default function RevisionView({ session, revision, path }: { session: WorkspaceSession; revision: number; path: string }) {
  const [loaded, setLoaded] = useState<Loaded>();
  const [error, setError] = useState<Described>();
  const role = useSelected(session.state, (state) => state.environment?.role);
  useEffect(() => {
    const abort = new AbortController();
    setLoaded(undefined);
    setError(undefined);
    load(session.environmentId, revision, path, abort.signal).then(setLoaded, (problem: unknown) => isAbort(problem) || setError(describeError(problem)));
    return () => abort.abort();
  }, [session, revision, path]);
  const close = () => session.layout.set({ revision: undefined });
  // Who opens a file wants to see that.
  useEffect(() => session.tabs.store.subscribe((now, before) => now.active !== before.active && session.layout.set({ revision: undefined })), [session]);
  return (
    <section className="editor-area" aria-label={`Step ${revision}, ${path}`} onKeyDown={(event) => event.key === 'Escape' && close()}>
      <header className="revision-head">
        <strong>{baseName(path)}</strong>
        <span className="history-note">
          step {revision}
          {loaded !== undefined && ` · ${loaded.step.authors.map(({ name }) => name).join(', ')} · ${new Date(loaded.step.at).toLocaleString()}`}
        </span>
        <span className="grow" />
        {role !== undefined && role !== 'viewer' && loaded !== undefined && (
          <Button small onClick={() => attempt(() => restore(session, revision, [...new Set([path, loaded.file.from ?? path])], close))}>
            <RotateCcw size={13} /> Restore this file
          </Button>
        )}
        <IconButton label="Close the comparison" small onClick={close}>
          <X size={14} />
        </IconButton>
      </header>
      <div className="editor-body">
        {error !== undefined ? (
          <div className="centre" role="alert">
            <p>
              <ErrorText error={error} />
            </p>
          </div>
        ) : loaded === undefined ? (
          <div className="centre">
            <Spinner label="Loading the comparison" />
          </div>
        ) : loaded.texts === undefined ? (
          <BinaryStep session={session} revision={revision} loaded={loaded} />
        ) : (
          <Comparison texts={loaded.texts} path={path} revision={revision} />
        )}
      </div>
    </section>
  );
}

async function load(environmentId: string, revision: number, path: string, signal: AbortSignal): Promise<Loaded> {
  const step = await readStep(environmentId, revision, signal);
  const file = step.files.find((one) => one.path === path);
  if (file === undefined) throw new Error('This step did not change the file; load the history again.');
  if (file.before?.kind === 'binary' || file.after?.kind === 'binary') return { step, file, texts: undefined };
  const text = (of: number | null, name: string) => (of === null ? '' : readRevisionText(environmentId, of, name, signal));
  const [before, after] = await Promise.all([file.before === undefined ? '' : text(step.previous, file.from ?? path), file.after === undefined ? '' : text(revision, path)]);
  return { step, file, texts: { before, after } };
}

function BinaryStep({ session, revision, loaded: { file } }: { session: WorkspaceSession; revision: number; loaded: Loaded }) {
  const size = (bytes: number | undefined) => (bytes === undefined ? 'not there' : `${bytes.toLocaleString()} bytes`);
  return (
    <div className="centre">
      <p>
        A binary file: {size(file.before?.size)} before, {size(file.after?.size)} after.
      </p>
      {file.after !== undefined && (
        <a className="button small" href={revisionFilePath(session.environmentId, revision, file.path)} download={baseName(file.path)}>
          Download this version
        </a>
      )}
    </div>
  );
}

function Comparison({ texts, path, revision }: { texts: { before: string; after: string }; path: string; revision: number }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (element.current === null) return;
    const editor = monaco.editor.createDiffEditor(element.current, { automaticLayout: true, fontSize: 13, readOnly: true, originalEditable: false, hideUnchangedRegions: { enabled: true }, scrollBeyondLastLine: false, useInlineViewWhenSpaceIsLimited: true });
    const uri = (side: string) => monaco.Uri.from({ scheme: 'revision', path: `/${revision}/${side}/${path}` });
    const original = monaco.editor.createModel(texts.before, undefined, uri('before'));
    const modified = monaco.editor.createModel(texts.after, undefined, uri('after'));
    editor.setModel({ original, modified });
    return () => {
      editor.dispose();
      original.dispose();
      modified.dispose();
    };
  }, [texts, path, revision]);
  return <div ref={element} className="fill" data-testid="revision-diff" />;
}
