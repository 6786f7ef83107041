/** The editor library with its workers, themes and TypeScript options. Loaded on its own, after the page is there. */
import * as monaco from 'monaco-editor';
import CssWorker from 'monaco-editor/language/css/css.worker.js?worker';
import EditorWorker from 'monaco-editor/editor/editor.worker.js?worker';
import HtmlWorker from 'monaco-editor/language/html/html.worker.js?worker';
import JsonWorker from 'monaco-editor/language/json/json.worker.js?worker';
import type { Theme } from '../state/theme.ts';
import { theme } from '../state/theme.ts';
import { defineThemes } from './themes.ts';
import { registerLanguages } from './languages.ts';
import TypeScriptWorker from './typescript/worker.ts?worker';

const WORKERS: Record<string, new () => Worker> = {
  css: CssWorker, scss: CssWorker, less: CssWorker,
  html: HtmlWorker, handlebars: HtmlWorker, razor: HtmlWorker,
  json: JsonWorker,
  typescript: TypeScriptWorker, javascript: TypeScriptWorker,
};

const typeScriptGate = Promise.withResolvers<void>();

/** Lets the TypeScript worker start. It is heavy, and must not take the processor from a dev server's start. */
export const allowTypeScript = typeScriptGate.resolve;

self.MonacoEnvironment = {
  async getWorker(_id: string, label: string): Promise<Worker> {
    const Made = WORKERS[label] ?? EditorWorker;
    if (Made === TypeScriptWorker) await typeScriptGate.promise;
    return new Made();
  },
};

/** Project files live at these URIs, so that `node_modules` beside them is found by TypeScript's own resolution. */
export const PROJECT_ROOT = '/home/project';

export function uriOf(path: string): monaco.Uri {
  return monaco.Uri.file(`${PROJECT_ROOT}/${path}`);
}

/** TypeScript's own numbers, where the library's enums stop short of its compiler (`moduleResolution: bundler` is 100). */
const BUNDLER = 100 as monaco.typescript.ModuleResolutionKind;

function configureTypeScript(): void {
  const { typescript } = monaco;
  for (const defaults of [typescript.typescriptDefaults, typescript.javascriptDefaults]) {
    defaults.setCompilerOptions({
      target: typescript.ScriptTarget.ESNext,
      module: typescript.ModuleKind.ESNext,
      moduleResolution: BUNDLER,
      jsx: typescript.JsxEmit.ReactJSX,
      strict: true,
      allowJs: true,
      checkJs: false,
      esModuleInterop: true,
      skipLibCheck: true,
      isolatedModules: true,
      resolveJsonModule: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      allowNonTsExtensions: true,
      baseUrl: `file://${PROJECT_ROOT}`,
      lib: ['esnext', 'dom', 'dom.iterable'],
    });
    defaults.setEagerModelSync(true);
    defaults.setDiagnosticsOptions({ noSemanticValidation: true, noSyntaxValidation: false });
  }
}

let checked = false;

/**
 * Until the packages' types are there, every import would be an error; so meaning is checked only from here on. A change of what is checked ends
 * the worker, which is why it happens once, and before the worker starts.
 */
export function enableSemanticChecks(): void {
  if (checked) return;
  checked = true;
  monaco.typescript.typescriptDefaults.setDiagnosticsOptions({ noSemanticValidation: false, noSyntaxValidation: false });
}

export function themeName(of: Theme): string {
  return `terrarium-${of}`;
}

defineThemes(monaco.editor);
registerLanguages(monaco.languages);
configureTypeScript();
monaco.editor.setTheme(themeName(theme.getState().theme));
theme.subscribe((state) => monaco.editor.setTheme(themeName(state.theme)));

export { monaco };
