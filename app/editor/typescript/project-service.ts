/**
 * The language service of one project, as `tsc` sees it: its options are those of tsconfig.json, its roots are the project's own files and the
 * global declarations of `@types`. Other packages' declarations are read when something imports them, not before.
 */
import { TypeScriptWorker, ts } from 'monaco-editor/language/typescript/ts.worker.js';
import { projectOptions, type CompilerOptions } from './project-options.ts';

export interface CreateData {
  compilerOptions: CompilerOptions;
  extraLibs: Record<string, { content: string; version: number }>;
  inlayHintsOptions?: unknown;
}

export interface WorkerContext {
  getMirrorModels(): { uri: { toString(skipEncoding?: boolean): string }; version: number; getValue(): string }[];
}

/** Declarations that are there without an import (TypeScript's handbook, "types" of tsconfig). */
const AMBIENT = /^[^?]*\/home\/project\/node_modules\/@types\/[^/]+\/index\.d\.ts$/;
const CONFIG = /\/home\/project\/tsconfig[^/]*\.json$/;

export class ProjectService extends TypeScriptWorker {
  readonly #defaults: CompilerOptions;
  #options: { of: string; is: CompilerOptions } | undefined;

  constructor(context: WorkerContext, createData: CreateData) {
    super(context, createData);
    this.#defaults = createData.compilerOptions;
  }

  override getCompilationSettings(): CompilerOptions {
    const libs = this.getExtraLibs();
    const of = Object.keys(libs).filter((name) => CONFIG.test(name)).map((name) => `${name}@${libs[name]?.version}`).join();
    if (this.#options?.of !== of) this.#options = { of, is: projectOptions(ts.typescript, this.#defaults, (name) => libs[name]?.content) };
    return this.#options.is;
  }

  override getScriptFileNames(): string[] {
    const libs = this.getExtraLibs();
    const own = super.getScriptFileNames().filter((name) => !(name in libs));
    return this.getCompilationSettings()['types'] === undefined ? [...own, ...Object.keys(libs).filter((name) => AMBIENT.test(name))] : own;
  }
}
