/** The editor's TypeScript worker ships without declarations; what is used of it. */
declare module 'monaco-editor/language/typescript/ts.worker.js' {
  import type { CompilerOptions, ConfigReader } from './project-options.ts';
  import type { CreateData, WorkerContext } from './project-service.ts';

  /** Takes the next message to the worker as the data that `create` gets. */
  export function initialize(create: (context: WorkerContext, createData: CreateData) => TypeScriptWorker): void;
  export class TypeScriptWorker {
    constructor(context: WorkerContext, createData: CreateData);
    getCompilationSettings(): CompilerOptions;
    getScriptFileNames(): string[];
    getExtraLibs(): CreateData['extraLibs'];
  }
  export const ts: { typescript: ConfigReader };
}
