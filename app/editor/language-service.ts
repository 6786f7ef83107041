/** Problems from the editor's markers, and the packages' types as they come (editor/types.ts). */
import { overall } from '../boot/machine.ts';
import { isAbort } from '../state/describe-error.ts';
import type { Problem, WorkspaceSession } from '../workspace/session.ts';
import type { Models } from './models.ts';
import { allowTypeScript, enableSemanticChecks, monaco } from './monaco.ts';

export function connectLanguage(session: WorkspaceSession, models: Models): () => void {
  const markers = monaco.editor.onDidChangeMarkers(() => session.problems.setState(problemsOf(models, session), true));
  const types = new AbortController();
  whenSettled(session, types.signal, () => {
    allowTypeScript();
    void followTypes(session, types.signal);
  });
  return () => {
    markers.dispose();
    types.abort();
  };
}

/** When the environment has started, or failed to. */
function whenSettled(session: WorkspaceSession, signal: AbortSignal, callback: () => void): void {
  const settled = () => overall(session.boot.store.getState()) !== 'running' && overall(session.boot.store.getState()) !== 'idle';
  if (settled()) return callback();
  const stop = session.boot.store.subscribe(() => {
    if (!settled()) return;
    stop();
    callback();
  });
  signal.addEventListener('abort', stop);
}

async function followTypes(session: WorkspaceSession, signal: AbortSignal): Promise<void> {
  const { types } = session;
  if (types === undefined) return;
  let loading: AbortController | undefined;
  const load = async () => {
    loading?.abort();
    loading = new AbortController();
    const files: { content: string; filePath: string }[] = [];
    for await (const { path, content } of types.loadTypes(AbortSignal.any([signal, loading.signal]))) files.push({ content, filePath: `file://${path}` });
    if (loading.signal.aborted || signal.aborted) return;
    monaco.typescript.typescriptDefaults.setExtraLibs(files);
    monaco.typescript.javascriptDefaults.setExtraLibs(files);
    enableSemanticChecks();
  };
  const attemptLoad = () => {
    load().catch((error: unknown) => {
      if (!isAbort(error)) console.warn('The types of the installed packages could not be loaded:', error);
    });
  };
  signal.addEventListener('abort', types.onChange(attemptLoad));
  attemptLoad();
}

const SEVERITIES: Record<number, Problem['severity']> = { 8: 'error', 4: 'warning', 2: 'info' };

function problemsOf(models: Models, session: WorkspaceSession): Problem[] {
  const problems: Problem[] = [];
  for (const marker of monaco.editor.getModelMarkers({})) {
    const severity = SEVERITIES[marker.severity];
    const fileId = models.fileIdOf(marker.resource);
    const path = session.files.getState().find((file) => file.id === fileId)?.path;
    if (severity === undefined || fileId === undefined || path === undefined) continue;
    const code = typeof marker.code === 'string' ? marker.code : marker.code?.value;
    const source = `${marker.owner === 'typescript' ? 'ts' : (marker.source ?? marker.owner)}${code === undefined ? '' : `(${code})`}`;
    problems.push({ fileId, path, severity, message: marker.message, source, line: marker.startLineNumber, column: marker.startColumn });
  }
  return problems.sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}
