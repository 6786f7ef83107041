/** What the text files were when this workspace was opened, for "changes since then" and the diff view. */
import type * as Y from 'yjs';
import { getFile, listFiles } from '../../shared/document/schema.ts';

export type Change = 'added' | 'modified' | 'renamed';

export class Baseline {
  readonly #doc: Y.Doc;
  readonly #texts = new Map<string, { path: string; text: string }>();
  #taken = false;

  constructor(doc: Y.Doc, ready: Promise<void>) {
    this.#doc = doc;
    ready.then(() => this.take(), () => {});
  }

  /** Begins anew from what the files are at this moment. */
  take(): void {
    this.#texts.clear();
    for (const file of listFiles(this.#doc)) {
      if (file.kind === 'text') this.#texts.set(file.id, { path: file.path, text: file.text.toString() });
    }
    this.#taken = true;
  }

  textOf(fileId: string): string {
    return this.#texts.get(fileId)?.text ?? '';
  }

  /** How a file differs from then, if it does. */
  changeOf(fileId: string): Change | undefined {
    const file = getFile(this.#doc, fileId);
    if (!this.#taken || file?.kind !== 'text') return undefined;
    const before = this.#texts.get(fileId);
    if (before === undefined) return 'added';
    if (before.text !== file.text.toString()) return 'modified';
    return before.path === file.path ? undefined : 'renamed';
  }
}
