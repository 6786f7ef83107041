/**
 * The open file before the editor is there: reading and compiling the editor takes half a second of the cores that a starting dev server needs, so
 * the text shows at once and the editor comes when the environment runs, when somebody wants to type, or after a few seconds.
 */
import { useEffect, useState } from 'react';
import { getFile } from '../../../shared/document/schema.ts';
import { overall } from '../../boot/machine.ts';
import { useSelected } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

/** Longest time without the editor, in milliseconds. */
const PATIENCE = 6000;
/** More lines than a screen has. */
const LINES = 150;

let wanted = false;

/** Whether to load the editor, and how to ask for it. Once it was asked for it stays. */
export function useEditorWanted(session: WorkspaceSession): [boolean, () => void] {
  const starting = useSelected(session.boot.store, (state) => ['running', 'idle'].includes(overall(state)));
  const [asked, setAsked] = useState(wanted);
  const ask = () => setAsked((wanted = true));
  useEffect(() => {
    if (asked) return;
    const timer = setTimeout(ask, starting ? PATIENCE : 0);
    return () => clearTimeout(timer);
  }, [asked, starting]);
  return [asked, ask];
}

export function FirstGlance({ session, fileId, onWanted }: { session: WorkspaceSession; fileId: string; onWanted: () => void }) {
  const file = getFile(session.document.doc, fileId);
  if (file?.kind !== 'text') return null;
  const lines = file.text.toString().split('\n', LINES);
  return (
    <div className="first-glance" role="textbox" aria-label={file.path} aria-multiline aria-readonly aria-busy tabIndex={0} onPointerDown={onWanted} onFocus={onWanted} onKeyDown={onWanted}>
      <div className="first-glance-numbers" aria-hidden>
        {lines.map((_, index) => `${index + 1}\n`)}
      </div>
      <pre>{lines.join('\n')}</pre>
    </div>
  );
}
