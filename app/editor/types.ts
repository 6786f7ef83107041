/** The seam through which type declarations of installed packages reach the editor's TypeScript. */

export interface TypeFile {
  /** Absolute in the container, e.g. `/home/project/node_modules/react/index.d.ts`; also `package.json` files, which resolution reads. */
  path: string;
  content: string;
}

export interface TypesProvider {
  /** All declarations of what is installed at this moment. Ends early when aborted. */
  loadTypes(signal: AbortSignal): AsyncIterable<TypeFile>;
  /** Calls back when what is installed has changed; the result unsubscribes. */
  onChange(callback: () => void): () => void;
}
