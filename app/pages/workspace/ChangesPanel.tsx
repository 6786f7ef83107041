import { RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from '../../ui/controls.tsx';
import { FileIcon } from '../../ui/FileIcon.tsx';
import { useStore } from '../../ui/use-store.ts';
import { baseName, folderName } from '../../workspace/file-tree.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

const MARKS = { added: 'A', modified: 'M', renamed: 'R' };

/** Files that differ from when this workspace was opened; a click compares. */
export function ChangesPanel({ session }: { session: WorkspaceSession }) {
  const files = useStore(session.files);
  const [, redraw] = useState(0);
  useEffect(() => {
    let queued = 0;
    const onUpdate = () => {
      cancelAnimationFrame(queued);
      queued = requestAnimationFrame(() => redraw((n) => n + 1));
    };
    session.document.doc.on('update', onUpdate);
    return () => {
      cancelAnimationFrame(queued);
      session.document.doc.off('update', onUpdate);
    };
  }, [session]);
  const changed = files.flatMap((file) => {
    const change = session.baseline.changeOf(file.id);
    return change === undefined ? [] : [{ ...file, change }];
  });
  return (
    <section className="panel" aria-label="Changes">
      <header className="panel-head">
        <h2>Changes since opening</h2>
        <IconButton label="Begin anew from here" small onClick={() => (session.baseline.take(), redraw((n) => n + 1))}>
          <RotateCcw size={14} />
        </IconButton>
      </header>
      <div className="list">
        {changed.length === 0 && <p className="panel-empty">Nothing has changed since you opened this workspace.</p>}
        {changed.map((file) => (
          <button key={file.id} type="button" className="list-row" onClick={() => session.tabs.open(file.id, { kind: 'diff' })}>
            <FileIcon name={baseName(file.path)} />
            <span className="list-text">
              {baseName(file.path)} <span className="code">{folderName(file.path)}</span>
            </span>
            <span className={`change ${file.change}`} title={file.change}>
              {MARKS[file.change]}
            </span>
          </button>
        ))}
      </div>
    </section>
  );
}
