/** One editor model for each text file of the document, so that language help and problems cover the project. */
import type { editor as MonacoEditor } from 'monaco-editor';
import type * as Y from 'yjs';
import { filesMap, listFiles } from '../../shared/document/schema.ts';
import type { TextFile } from '../../shared/document/schema.ts';
import { TextBinding } from './binding.ts';
import { monaco, uriOf } from './monaco.ts';

/** Larger files get a model only while they are open, in UTF-16 units. */
const BACKGROUND_LIMIT = 256 * 1024;
const BACKGROUND_COUNT = 400;
const SOURCE = /\.(?:[cm]?[jt]sx?|json|css|scss|less|html)$/;
/** Lockfiles are long and nobody's problem. */
const UNINTERESTING = /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json)$/;

interface Entry {
  path: string;
  model: MonacoEditor.ITextModel;
  binding: TextBinding;
}

export class Models {
  /** The editors that show models; y-monaco keeps their selections in place under remote changes. */
  readonly editors = new Set<MonacoEditor.IStandaloneCodeEditor>();
  readonly #doc: Y.Doc;
  readonly #entries = new Map<string, Entry>();
  readonly #onChange = () => this.#sync();
  readonly #listeners = new Set<(fileId: string) => void>();

  constructor(doc: Y.Doc) {
    this.#doc = doc;
    filesMap(doc).observeDeep(this.#onChange);
    this.#sync();
  }

  /** The model of a file, made when it is not there; `undefined` for a file that is gone or binary. */
  get(fileId: string): Entry | undefined {
    const existing = this.#entries.get(fileId);
    if (existing !== undefined) return existing;
    const file = listFiles(this.#doc).find((one) => one.id === fileId);
    return file?.kind === 'text' ? this.#add(file) : undefined;
  }

  fileIdOf(uri: { toString(): string }): string | undefined {
    for (const [id, entry] of this.#entries) {
      if (entry.model.uri.toString() === uri.toString()) return id;
    }
    return undefined;
  }

  /** Calls back when a file's model was replaced (it was renamed) or removed. */
  onReplaced(listener: (fileId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    filesMap(this.#doc).unobserveDeep(this.#onChange);
    for (const id of [...this.#entries.keys()]) this.#remove(id);
  }

  #sync(): void {
    const files = listFiles(this.#doc).filter((file): file is TextFile => file.kind === 'text');
    const byId = new Map(files.map((file) => [file.id, file]));
    for (const [id, entry] of [...this.#entries]) {
      const file = byId.get(id);
      if (file?.path === entry.path) continue;
      this.#remove(id);
      if (file !== undefined) this.#add(file);
      for (const listener of this.#listeners) listener(id);
    }
    for (const file of files) {
      if (this.#entries.size >= BACKGROUND_COUNT) return;
      if (!this.#entries.has(file.id) && isBackground(file)) this.#add(file);
    }
  }

  #add(file: TextFile): Entry {
    const taken = monaco.editor.getModel(uriOf(file.path)) !== null;
    const uri = taken ? uriOf(file.path).with({ query: file.id }) : uriOf(file.path);
    const model = monaco.editor.createModel(file.text.toString(), undefined, uri);
    model.updateOptions({ tabSize: 2, insertSpaces: true });
    const entry = { path: file.path, model, binding: new TextBinding(file.text, model, this.editors) };
    this.#entries.set(file.id, entry);
    return entry;
  }

  #remove(id: string): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    entry?.binding.destroy();
    entry?.model.dispose();
  }
}

function isBackground(file: TextFile): boolean {
  return SOURCE.test(file.path) && !UNINTERESTING.test(file.path) && file.text.length <= BACKGROUND_LIMIT;
}

export type ModelEntry = Entry;
