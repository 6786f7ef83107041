/** The project's tsconfig files, as the editor has them at this moment. */
import type { TypeFile } from '../types.ts';
import { monaco, PROJECT_ROOT } from '../monaco.ts';

const CONFIG = new RegExp(`^${PROJECT_ROOT}/tsconfig[^/]*\\.json$`);
/** A keystroke is no configuration yet, in milliseconds. */
const SETTLED_AFTER = 500;

export function projectConfigs(): TypeFile[] {
  return monaco.editor.getModels().filter(isConfig).map((model) => ({ path: model.uri.path, content: model.getValue() }));
}

/** Calls back when a configuration came, went or changed; the result unsubscribes. */
export function onConfigChange(callback: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(callback, SETTLED_AFTER);
  };
  const contents = new Map<string, monaco.IDisposable>();
  const follow = (model: monaco.editor.ITextModel) => {
    if (isConfig(model)) contents.set(model.id, model.onDidChangeContent(later));
  };
  monaco.editor.getModels().forEach(follow);
  const created = monaco.editor.onDidCreateModel((model) => {
    follow(model);
    if (isConfig(model)) later();
  });
  const disposed = monaco.editor.onWillDisposeModel((model) => {
    if (contents.delete(model.id)) later();
  });
  return () => {
    clearTimeout(timer);
    for (const subscription of [created, disposed, ...contents.values()]) subscription.dispose();
  };
}

const isConfig = (model: monaco.editor.ITextModel): boolean => CONFIG.test(model.uri.path) && model.uri.query === '';
