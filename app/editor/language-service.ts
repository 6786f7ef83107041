/** Problems from the editor's markers, and the packages' types as they come (editor/types.ts). */
import { overall } from '../boot/machine.ts';
import { isAbort } from '../state/describe-error.ts';
import type { Problem, WorkspaceSession } from '../workspace/session.ts';
import type { Models } from './models.ts';
import { allowTypeScript, enableSemanticChecks, monaco } from './monaco.ts';
import type { TypeFile } from './types.ts';
import { onConfigChange, projectConfigs } from './typescript/project-configs.ts';

export function connectLanguage(session: WorkspaceSession, models: Models): () => void {
  const markers = monaco.editor.onDidChangeMarkers(() => session.problems.setState(problemsOf(models, session), true));
  const types = new AbortController();
  whenSettled(session, types.signal, () => void followTypes(session, types.signal));
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

/** Gives the worker what the project is made of besides its own files, and lets it start when that is there. */
async function followTypes(session: WorkspaceSession, signal: AbortSignal): Promise<void> {
  let packages: TypeFile[] = [];
  const apply = () => {
    const files = [...packages, ...projectConfigs()].map(({ content, path }) => ({ content, filePath: `file://${path}` }));
    monaco.typescript.typescriptDefaults.setExtraLibs(files);
    monaco.typescript.javascriptDefaults.setExtraLibs(files);
  };
  signal.addEventListener('abort', onConfigChange(apply));
  let loading: AbortController | undefined;
  const load = async () => {
    loading?.abort();
    const mine = (loading = new AbortController());
    const loaded = await packageTypes(session, AbortSignal.any([signal, mine.signal]));
    if (mine.signal.aborted || signal.aborted) return;
    packages = loaded ?? packages;
    apply();
    if (loaded !== undefined) enableSemanticChecks();
    allowTypeScript();
  };
  const stop = session.types?.onChange(() => void load());
  if (stop !== undefined) signal.addEventListener('abort', stop);
  await load();
}

/** Undefined when they cannot be had: the syntax is still checked. */
async function packageTypes(session: WorkspaceSession, signal: AbortSignal): Promise<TypeFile[] | undefined> {
  if (session.types === undefined) return undefined;
  const files: TypeFile[] = [];
  try {
    for await (const file of session.types.loadTypes(signal)) files.push(file);
    return files;
  } catch (error) {
    if (!isAbort(error)) console.warn('The types of the installed packages could not be loaded:', error);
    return undefined;
  }
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
