/** Binds one text of the document to one editor model, and keeps them the same text. */
import type { editor as MonacoEditor } from 'monaco-editor';
import { MonacoBinding } from 'y-monaco';
import * as Y from 'yjs';

/**
 * y-monaco maps offsets one to one, and Monaco normalises line ends within a model; a text that mixes them, or that gets a CR from
 * elsewhere, would drift apart and be corrupted by the next key. So CRs are taken out of the document. Several members doing it at
 * once is harmless: deleting the same characters twice is deleting them once.
 */
export function removeCarriageReturns(text: Y.Text, origin: unknown): void {
  const content = text.toString();
  if (!content.includes('\r')) return;
  text.doc?.transact(() => {
    for (let at = content.lastIndexOf('\r'); at !== -1; at = at === 0 ? -1 : content.lastIndexOf('\r', at - 1)) {
      text.delete(at, 1);
      if (content[at + 1] !== '\n') text.insert(at, '\n');
    }
  }, origin);
}

export class TextBinding {
  readonly undo: Y.UndoManager;
  readonly #text: Y.Text;
  readonly #model: MonacoEditor.ITextModel;
  readonly #editors: Set<MonacoEditor.IStandaloneCodeEditor>;
  /** y-monaco's own origin changes when it is made anew, so the undo manager is told each one. */
  #binding: MonacoBinding;
  readonly #check: () => void;

  constructor(text: Y.Text, model: MonacoEditor.ITextModel, editors: Set<MonacoEditor.IStandaloneCodeEditor>) {
    this.#text = text;
    this.#model = model;
    this.#editors = editors;
    this.#binding = this.#bind();
    this.undo = new Y.UndoManager(text, { trackedOrigins: new Set([this.#binding]), captureTimeout: 400 });
    this.#check = () => this.#heal();
    text.observe(this.#check);
  }

  destroy(): void {
    this.#text.unobserve(this.#check);
    this.undo.destroy();
    this.#binding.destroy();
  }

  #bind(): MonacoBinding {
    removeCarriageReturns(this.#text, this);
    this.#model.setEOL(0);
    return new MonacoBinding(this.#text, this.#model, this.#editors, null);
  }

  /** After a change from elsewhere brought a CR: bind anew, which sets the model to the document's text. */
  #heal(): void {
    if (!this.#text.toString().includes('\r')) return;
    this.undo.trackedOrigins.delete(this.#binding);
    this.#binding.destroy();
    queueMicrotask(() => {
      this.#binding = this.#bind();
      this.undo.trackedOrigins.add(this.#binding);
    });
  }
}
