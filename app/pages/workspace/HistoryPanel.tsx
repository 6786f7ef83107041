import { Bookmark, BookmarkPlus, Bot, ChevronDown, ChevronRight, RotateCcw, RotateCw, Tag } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { FormEvent, KeyboardEvent } from 'react';
import type { Author } from '../../../shared/document/author.ts';
import { createCheckpoint, nameRevision, restoreRevision } from '../../api/history.ts';
import type { Revision } from '../../api/history.ts';
import { attempt, toast } from '../../state/toasts.ts';
import { Button, IconButton } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FileIcon } from '../../ui/FileIcon.tsx';
import { PanelLoad } from '../../ui/PanelLoad.tsx';
import { useSelected, useStore } from '../../ui/use-store.ts';
import { baseName, folderName } from '../../workspace/file-tree.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { Timeline } from '../../workspace/timeline.ts';

const MARKS = { added: 'A', changed: 'M', deleted: 'D', renamed: 'R' } as const;
const MARK_CLASS = { added: 'added', changed: 'modified', deleted: 'deleted', renamed: 'renamed' } as const;

/** The steps that made the files what they are: who, when, what; any of it can be brought back. */
export function HistoryPanel({ session }: { session: WorkspaceSession }) {
  const timeline = useTimeline(session);
  const { revisions, pending, next, error } = useStore(timeline.store);
  const role = useSelected(session.state, (state) => state.environment?.role);
  const [naming, setNaming] = useState<Revision | 'now'>();
  const canWrite = role !== undefined && role !== 'viewer';
  return (
    <section className="panel" aria-label="History">
      <header className="panel-head">
        <h2>History</h2>
        {canWrite && (
          <IconButton label="Make a checkpoint of what there is now" small onClick={() => setNaming('now')}>
            <BookmarkPlus size={14} />
          </IconButton>
        )}
        <IconButton label="Load the history again" small onClick={() => void timeline.refresh()}>
          <RotateCw size={13} />
        </IconButton>
      </header>
      <PanelLoad isLoaded={revisions !== undefined} error={error} label="Loading the history" />
      <div className="list" onKeyDown={moveAmongSteps}>
        {pending !== null && (
          <div className="history-pending" role="status">
            <span className="dot pulse" /> {names(pending.authors)} {pending.authors.length === 1 ? 'is' : 'are'} editing {pending.files.length === 1 ? baseName(pending.files[0] ?? '') : `${pending.files.length} files`}
          </div>
        )}
        {revisions?.length === 0 && pending === null && <p className="panel-empty">Nothing has happened here yet.</p>}
        {revisions !== undefined && (
          <ol aria-label="Steps, newest first">
            {revisions.map((revision) => (
              <Step key={revision.revision} session={session} revision={revision} canWrite={canWrite} onName={() => setNaming(revision)} onChanged={() => void timeline.refresh()} />
            ))}
          </ol>
        )}
        {next !== null && (
          <Button small className="history-more" onClick={() => void timeline.more()}>
            Show older steps
          </Button>
        )}
      </div>
      {naming !== undefined && <NameDialog session={session} of={naming} onClose={() => setNaming(undefined)} onDone={() => void timeline.refresh()} />}
    </section>
  );
}

function useTimeline(session: WorkspaceSession): Timeline {
  const timeline = useMemo(() => new Timeline(session.environmentId), [session]);
  useEffect(() => {
    void timeline.refresh();
    const onUpdate = () => timeline.changed();
    session.document.doc.on('update', onUpdate);
    return () => {
      session.document.doc.off('update', onUpdate);
      timeline.dispose();
    };
  }, [session, timeline]);
  return timeline;
}

interface StepProps {
  session: WorkspaceSession;
  revision: Revision;
  canWrite: boolean;
  onName: () => void;
  onChanged: () => void;
}

function Step({ session, revision, canWrite, onName, onChanged }: StepProps) {
  const [isOpen, setOpen] = useState(false);
  const shown = useSelected(session.layout.store, (state) => state.revision);
  return (
    <li>
      <button type="button" className="history-step" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
        <span className="history-text">
          <span className="history-title">
            {revision.name !== undefined && <Bookmark size={12} aria-label="Checkpoint" />}
            {titleOf(revision)}
          </span>
          <span className="history-note">
            {revision.authors.some(({ kind }) => kind === 'agent') && <Bot size={12} aria-label="Agent" />} {names(revision.authors)} · <time dateTime={new Date(revision.at).toISOString()} title={new Date(revision.at).toLocaleString()}>{whenOf(revision.at)}</time>
          </span>
        </span>
        <span className="code">{revision.revision}</span>
      </button>
      {isOpen && (
        <div className="history-files">
          {revision.files.map((file) => (
            <button key={file.path} type="button" className="list-row" aria-pressed={shown?.revision === revision.revision && shown.path === file.path} onClick={() => session.layout.set({ revision: { revision: revision.revision, path: file.path }, narrow: 'editor' })}>
              <FileIcon name={baseName(file.path)} />
              <span className="list-text" title={file.path}>
                {baseName(file.path)} <span className="code">{file.from === undefined ? folderName(file.path) : `from ${file.from}`}</span>
              </span>
              <span className={`change ${MARK_CLASS[file.change]}`} title={file.change}>
                {MARKS[file.change]}
              </span>
            </button>
          ))}
          {revision.fileCount > revision.files.length && <p className="panel-empty">and {revision.fileCount - revision.files.length} more</p>}
          {canWrite && (
            <div className="history-actions">
              <Button small onClick={() => attempt(() => restore(session, revision.revision, undefined, onChanged))}>
                <RotateCcw size={13} /> Restore everything
              </Button>
              <Button small onClick={onName}>
                <Tag size={13} /> {revision.name === undefined ? 'Name it' : 'Rename'}
              </Button>
            </div>
          )}
        </div>
      )}
    </li>
  );
}

/** Restores, and offers to take that back. */
export async function restore(session: WorkspaceSession, revision: number, paths: string[] | undefined, onDone: () => void): Promise<void> {
  const { undo } = await restoreRevision(session.environmentId, revision, paths);
  onDone();
  const what = paths === undefined ? 'All files are' : paths.length === 1 ? `${baseName(paths[0] ?? '')} is` : `${paths.length} files are`;
  const takeBack = async () => {
    await restoreRevision(session.environmentId, undo, paths);
    onDone();
  };
  toast({ kind: 'success', message: `${what} as in step ${revision}.`, action: { label: 'Undo', run: () => attempt(takeBack) } });
}

function NameDialog({ session, of, onClose, onDone }: { session: WorkspaceSession; of: Revision | 'now'; onClose: () => void; onDone: () => void }) {
  const before = of === 'now' ? '' : (of.name ?? '');
  const [name, setName] = useState(before);
  const save = async (wanted: string | null) => {
    if (of === 'now') await createCheckpoint(session.environmentId, wanted ?? '');
    else await nameRevision(session.environmentId, of.revision, wanted);
    onClose();
    onDone();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt(() => save(name.trim()));
  };
  return (
    <Dialog title={of === 'now' ? 'New checkpoint' : `Name step ${of.revision}`} onClose={onClose}>
      <form className="create-form" onSubmit={submit}>
        <label className="field">
          <span className="field-label">Name</span>
          <input className="input" required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} placeholder="Before the new layout" />
        </label>
        <p className="hint">A checkpoint stays when older steps are merged with one another.</p>
        <div className="dialog-foot">
          {before !== '' && <Button onClick={() => attempt(() => save(null))}>Take the name</Button>}
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={name.trim() === ''}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function moveAmongSteps(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('.history-step, .list-row')];
  const at = rows.findIndex((row) => row === document.activeElement);
  event.preventDefault();
  rows.at(event.key === 'ArrowDown' ? Math.min(at + 1, rows.length - 1) : Math.max(at - 1, 0))?.focus();
}

const names = (authors: readonly Author[]): string => authors.map(({ name }) => name).join(', ');

function titleOf({ name, kind, restored, files, fileCount }: Revision): string {
  if (name !== undefined) return name;
  if (kind === 'created') return `Created with ${fileCount} ${fileCount === 1 ? 'file' : 'files'}`;
  if (kind === 'restored') return `Restored from step ${restored}`;
  if (kind === 'imported') return `Imported ${fileCount} ${fileCount === 1 ? 'file' : 'files'}`;
  const first = files.slice(0, 2).map(({ path }) => baseName(path)).join(', ');
  return fileCount > 2 ? `${first} and ${fileCount - 2} more` : first || 'No changes';
}

function whenOf(at: number): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString([], { day: 'numeric', month: 'short' })}, ${time}`;
}
