/** A file beside what it was when this workspace was opened; the right side is live and can be edited. */
import { useEffect, useRef } from 'react';
import { getFile } from '../../../shared/document/schema.ts';
import { TextBinding } from '../../editor/binding.ts';
import { monaco } from '../../editor/monaco.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

export default function DiffEditor({ session, fileId }: { session: WorkspaceSession; fileId: string }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const file = getFile(session.document.doc, fileId);
    if (element.current === null || file?.kind !== 'text') return;
    const editor = monaco.editor.createDiffEditor(element.current, { automaticLayout: true, fontSize: 13, renderSideBySide: true, originalEditable: false, hideUnchangedRegions: { enabled: true }, scrollBeyondLastLine: false });
    const uri = (side: string) => monaco.Uri.from({ scheme: 'diff', path: `/${side}/${file.path}` });
    const original = monaco.editor.createModel(session.baseline.textOf(fileId), undefined, uri('before'));
    const modified = monaco.editor.createModel(file.text.toString(), original.getLanguageId(), uri('now'));
    const binding = new TextBinding(file.text, modified, new Set([editor.getModifiedEditor()]));
    editor.setModel({ original, modified });
    return () => {
      editor.dispose();
      binding.destroy();
      original.dispose();
      modified.dispose();
    };
  }, [session, fileId]);
  return <div ref={element} className="fill" data-testid="diff-editor" />;
}
