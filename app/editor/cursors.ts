/** Others' cursors and selections in an editor, with name and colour, from the document's awareness. */
import type { editor as MonacoEditor } from 'monaco-editor';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import * as z from 'zod';
import { colourOf, membersOf } from '../document/presence.ts';
import type { Member } from '../document/presence.ts';
import { monaco } from './monaco.ts';

const selectionSchema = z.object({ selection: z.object({ anchor: z.unknown(), head: z.unknown() }) });

export class Cursors {
  readonly #editor: MonacoEditor.IStandaloneCodeEditor;
  readonly #awareness: Awareness;
  readonly #decorations: MonacoEditor.IEditorDecorationsCollection;
  readonly #sheet = new CSSStyleSheet();
  readonly #ends: (() => void)[] = [];
  #text: Y.Text | undefined;
  #disposed = false;

  constructor(editor: MonacoEditor.IStandaloneCodeEditor, awareness: Awareness) {
    this.#editor = editor;
    this.#awareness = awareness;
    this.#decorations = editor.createDecorationsCollection();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.#sheet];
    // Deferred: the editor moves the cursor before the document has the key that moved it.
    const selection = editor.onDidChangeCursorSelection(() => queueMicrotask(() => this.#announce()));
    awareness.on('change', this.#drawSoon);
    this.#ends.push(() => selection.dispose(), () => awareness.off('change', this.#drawSoon));
  }

  /** The text that the editor shows, or nothing. */
  show(text: Y.Text | undefined, fileId: string | undefined): void {
    this.#text?.unobserve(this.#drawSoon);
    this.#text = text;
    // A cursor may arrive before the text that it stands behind.
    text?.observe(this.#drawSoon);
    this.#awareness.setLocalStateField('fileId', fileId);
    this.#announce();
    this.#draw();
  }

  dispose(): void {
    this.#disposed = true;
    this.#text?.unobserve(this.#drawSoon);
    for (const end of this.#ends) end();
    this.#decorations.clear();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
  }

  readonly #drawSoon = (): void => queueMicrotask(() => this.#draw());

  #announce(): void {
    if (this.#disposed) return;
    const model = this.#editor.getModel();
    const selection = this.#editor.getSelection();
    if (model === null || selection === null || this.#text === undefined) return this.#awareness.setLocalStateField('selection', null);
    const position = (line: number, column: number) => Y.createRelativePositionFromTypeIndex(this.#text as Y.Text, model.getOffsetAt({ lineNumber: line, column }));
    this.#awareness.setLocalStateField('selection', {
      anchor: position(selection.selectionStartLineNumber, selection.selectionStartColumn),
      head: position(selection.positionLineNumber, selection.positionColumn),
    });
  }

  #draw(): void {
    if (this.#disposed) return;
    const model = this.#editor.getModel();
    if (model === null || this.#text === undefined) return this.#decorations.clear();
    const others = membersOf(this.#awareness).filter((member) => !member.self);
    this.#decorations.set(others.flatMap((member) => this.#decorationsOf(member, model)));
    this.#sheet.replaceSync(others.map(rulesOf).join('\n'));
  }

  #decorationsOf(member: Member, model: MonacoEditor.ITextModel): MonacoEditor.IModelDeltaDecoration[] {
    const state = selectionSchema.safeParse(this.#awareness.getStates().get(member.clientId));
    if (!state.success) return [];
    const anchor = this.#offset(state.data.selection.anchor);
    const head = this.#offset(state.data.selection.head);
    if (anchor === undefined || head === undefined) return [];
    const at = model.getPositionAt(head);
    const range = monaco.Range.fromPositions(model.getPositionAt(Math.min(anchor, head)), model.getPositionAt(Math.max(anchor, head)));
    const caret = monaco.Range.fromPositions(at);
    const name = `remote-caret remote-${member.clientId}${at.lineNumber === 1 ? ' remote-first-line' : ''}`;
    const selected = range.isEmpty() ? [] : [{ range, options: { className: `remote-selection remote-selection-${member.clientId}`, stickiness: 1 } }];
    return [
      ...selected,
      { range: caret, options: { beforeContentClassName: name, hoverMessage: { value: member.name, isTrusted: false }, stickiness: 1 } },
    ];
  }

  /** Peers write what they like; a position that is none, or of another text, is no cursor here. */
  #offset(json: unknown): number | undefined {
    try {
      const relative = Y.createRelativePositionFromJSON(json);
      const absolute = this.#text?.doc ? Y.createAbsolutePositionFromRelativePosition(relative, this.#text.doc) : null;
      return absolute !== null && absolute.type === this.#text ? absolute.index : undefined;
    } catch {
      return undefined;
    }
  }
}

function rulesOf(member: Member): string {
  const colour = colourOf(member.colour);
  const name = JSON.stringify(member.name.replace(/[\\\n\r\f<>]/g, ' '));
  return `.remote-${member.clientId} { --remote: ${colour}; } .remote-${member.clientId}::after { content: ${name}; }
.remote-selection-${member.clientId} { background: color-mix(in srgb, ${colour} 28%, transparent); }`;
}
