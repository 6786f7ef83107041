/** Formats with Prettier, loaded when it is first asked for; what it changes is applied as the smallest edit, so that others' cursors stay. */
import type { editor as MonacoEditor } from 'monaco-editor';
import type { Plugin } from 'prettier';

const ESTREE = ['babel', 'babel-ts', 'typescript', 'json'];

function parserOf(path: string): string | undefined {
  const extension = /\.([^./]+)$/.exec(path)?.[1] ?? '';
  const parsers: Record<string, string> = {
    ts: 'typescript', tsx: 'typescript', mts: 'typescript', cts: 'typescript', js: 'babel', jsx: 'babel', mjs: 'babel', cjs: 'babel',
    json: 'json', css: 'css', scss: 'scss', less: 'less', html: 'html', vue: 'vue', md: 'markdown', yaml: 'yaml', yml: 'yaml',
  };
  return parsers[extension];
}

async function pluginsFor(parser: string): Promise<Plugin[]> {
  const estree = async () => (await import('prettier/plugins/estree')) as Plugin;
  if (parser === 'typescript') return [(await import('prettier/plugins/typescript')) as Plugin, await estree()];
  if (ESTREE.includes(parser)) return [(await import('prettier/plugins/babel')) as Plugin, await estree()];
  if (['css', 'scss', 'less'].includes(parser)) return [await import('prettier/plugins/postcss')];
  if (parser === 'markdown') return [await import('prettier/plugins/markdown')];
  if (parser === 'yaml') return [await import('prettier/plugins/yaml')];
  return [await import('prettier/plugins/html'), await import('prettier/plugins/postcss'), (await import('prettier/plugins/babel')) as Plugin, await estree()];
}

/** Throws an `Error` that names the language when there is no formatter for it, and Prettier's own for a syntax error. */
export async function formatModel(editor: MonacoEditor.ICodeEditor, model: MonacoEditor.ITextModel, path: string): Promise<void> {
  const parser = parserOf(path);
  if (parser === undefined) throw new Error(`There is no formatter for ${path}.`);
  const before = model.getValue();
  const version = model.getVersionId();
  const [{ format }, plugins] = await Promise.all([import('prettier/standalone'), pluginsFor(parser)]);
  const after = await format(before, { parser, plugins, filepath: path, ...styleOf(before) });
  if (model.isDisposed() || model.getVersionId() !== version || after === before) return;
  const edit = smallestEdit(before, after);
  const range = { start: model.getPositionAt(edit.start), end: model.getPositionAt(edit.end) };
  editor.executeEdits('format', [
    { range: { startLineNumber: range.start.lineNumber, startColumn: range.start.column, endLineNumber: range.end.lineNumber, endColumn: range.end.column }, text: edit.text },
  ]);
}

/** Keeps to the quotes and semicolons that the file itself uses most. */
function styleOf(text: string): { singleQuote: boolean; semi: boolean } {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  return { singleQuote: count(/'/g) > count(/"/g), semi: count(/;\s*$/gm) >= count(/[\w)\]'"`]\s*$/gm) / 3 };
}

export function smallestEdit(before: string, after: string): { start: number; end: number; text: string } {
  let start = 0;
  const most = Math.min(before.length, after.length);
  while (start < most && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < most - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}
