/** The editor itself; this module brings Monaco, so it is loaded on its own (EditorArea). */
import { useEffect, useRef } from 'react';
import { getFile } from '../../../shared/document/schema.ts';
import { Cursors } from '../../editor/cursors.ts';
import { connectLanguage } from '../../editor/language-service.ts';
import { Models } from '../../editor/models.ts';
import { monaco } from '../../editor/monaco.ts';
import { formatModel } from '../../editor/format.ts';
import { attempt } from '../../state/toasts.ts';
import { useSelected } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

const OPTIONS: monaco.editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  fontSize: 13,
  lineHeight: 20,
  fontLigatures: false,
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  padding: { top: 10, bottom: 10 },
  renderLineHighlight: 'line',
  bracketPairColorization: { enabled: true },
  guides: { indentation: true },
  fixedOverflowWidgets: true,
  unusualLineTerminators: 'off',
  quickSuggestions: { strings: true, other: true, comments: false },
  // TypeScript works out suggestions for 30 ms and more, on the cores that bring the same letter to the preview: that comes first.
  quickSuggestionsDelay: 100,
  tabSize: 2,
  'semanticHighlighting.enabled': true,
  // None is asked of TypeScript by default, and asking for none brings its whole program up to date with each letter.
  inlayHints: { enabled: 'off' },
};

interface Workbench {
  models: Models;
  dispose: () => void;
}

/** One set of models for each session, however often the editor is drawn. */
const workbenches = new WeakMap<WorkspaceSession, Workbench>();

function workbenchOf(session: WorkspaceSession): Workbench {
  const existing = workbenches.get(session);
  if (existing !== undefined) return existing;
  const models = new Models(session.document.doc);
  const stop = connectLanguage(session, models);
  const made = { models, dispose: () => (stop(), models.dispose()) };
  workbenches.set(session, made);
  return made;
}

export default function CodeEditor({ session, fileId }: { session: WorkspaceSession; fileId: string }) {
  const element = useRef<HTMLDivElement>(null);
  const editorRef = useRef<monaco.editor.IStandaloneCodeEditor>(null);
  const cursorsRef = useRef<Cursors>(null);
  const views = useRef(new Map<string, monaco.editor.ICodeEditorViewState>());
  const reveal = useSelected(session.state, (state) => state.reveal);
  const readOnly = useSelected(session.state, (state) => state.environment?.role === 'viewer');

  useEffect(() => {
    if (element.current === null) return;
    const { models } = workbenchOf(session);
    const fontFamily = getComputedStyle(document.documentElement).getPropertyValue('--font-mono');
    const editor = monaco.editor.create(element.current, { ...OPTIONS, fontFamily, model: null, ariaLabel: 'Editor' });
    const cursors = new Cursors(editor, session.document.awareness);
    models.editors.add(editor);
    editorRef.current = editor;
    cursorsRef.current = cursors;
    addKeys(editor, session, models);
    const moved = editor.onDidChangeCursorSelection(({ selection }) => {
      const selected = editor.getModel()?.getValueLengthInRange(selection) ?? 0;
      session.layout.set({ cursor: { line: selection.positionLineNumber, column: selection.positionColumn, selected } });
    });
    const opener = monaco.editor.registerEditorOpener({
      openCodeEditor: (_source, resource, at) => {
        const id = models.fileIdOf(resource);
        if (id === undefined) return false;
        const place = at === undefined ? { lineNumber: 1, column: 1 } : 'startLineNumber' in at ? { lineNumber: at.startLineNumber, column: at.startColumn } : at;
        session.reveal(id, place.lineNumber, place.column);
        return true;
      },
    });
    return () => {
      moved.dispose();
      opener.dispose();
      models.editors.delete(editor);
      cursors.show(undefined, undefined);
      cursors.dispose();
      editor.dispose();
      session.layout.set({ cursor: undefined, language: undefined });
    };
  }, [session]);

  useEffect(() => {
    const editor = editorRef.current;
    if (editor === null) return;
    const { models } = workbenchOf(session);
    const kept = views.current;
    const show = () => {
      const entry = models.get(fileId);
      const file = getFile(session.document.doc, fileId);
      editor.setModel(entry?.model ?? null);
      cursorsRef.current?.show(file?.kind === 'text' ? file.text : undefined, fileId);
      session.layout.set({ language: entry?.model.getLanguageId() });
      const view = kept.get(fileId);
      if (view !== undefined) editor.restoreViewState(view);
    };
    show();
    const typed = editor.onDidChangeModelContent((event) => {
      if (!event.isFlush && editor.hasTextFocus()) session.tabs.pin(`file:${fileId}`);
    });
    const stop = models.onReplaced((id) => id === fileId && show());
    return () => {
      const view = editor.saveViewState();
      if (view !== null) kept.set(fileId, view);
      typed.dispose();
      stop();
    };
  }, [session, fileId]);

  useEffect(() => editorRef.current?.updateOptions({ readOnly }), [readOnly, session]);

  useEffect(() => {
    const editor = editorRef.current;
    if (reveal === undefined || editor === null || reveal.fileId !== fileId) return;
    editor.setPosition({ lineNumber: reveal.line, column: reveal.column });
    editor.revealLineInCenterIfOutsideViewport(reveal.line);
    editor.focus();
  }, [reveal, fileId]);

  return <div ref={element} className="fill" data-testid="code-editor" />;
}

function addKeys(editor: monaco.editor.IStandaloneCodeEditor, session: WorkspaceSession, models: Models): void {
  const { KeyCode, KeyMod } = monaco;
  const entry = () => {
    const uri = editor.getModel()?.uri;
    const id = uri === undefined ? undefined : models.fileIdOf(uri);
    return id === undefined ? undefined : models.get(id);
  };
  // Undo takes back this member's own edits; Monaco's own stack would take back the others' as well.
  editor.addCommand(KeyMod.CtrlCmd | KeyCode.KeyZ, () => void entry()?.binding.undo.undo());
  editor.addCommand(KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.KeyZ, () => void entry()?.binding.undo.redo());
  editor.addCommand(KeyMod.CtrlCmd | KeyCode.KeyY, () => void entry()?.binding.undo.redo());
  const format = () => {
    const current = entry();
    if (current !== undefined) attempt(() => formatModel(editor, current.model, current.path));
  };
  editor.addAction({ id: 'terrarium.format', label: 'Format document', keybindings: [KeyMod.Shift | KeyMod.Alt | KeyCode.KeyF], contextMenuGroupId: '1_modification', run: format });
  // Everything is saved as it is typed; the habit of pressing it still formats.
  editor.addCommand(KeyMod.CtrlCmd | KeyCode.KeyS, format);
  editor.addCommand(KeyMod.CtrlCmd | KeyCode.KeyP, () => session.layout.set({ palette: 'files' }));
  editor.addCommand(KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.KeyP, () => session.layout.set({ palette: 'commands' }));
  editor.addCommand(KeyCode.F1, () => session.layout.set({ palette: 'commands' }));
}
