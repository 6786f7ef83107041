import type { languages as MonacoLanguages } from 'monaco-editor';

/** Files that the editor knows under another name, and single-file components, which read best as HTML. */
export function registerLanguages(languages: Pick<typeof MonacoLanguages, 'register'>): void {
  languages.register({ id: 'html', extensions: ['.vue', '.svelte', '.astro'] });
  languages.register({ id: 'json', filenames: ['.prettierrc', '.babelrc', 'package-lock.json'], extensions: ['.jsonc', '.webmanifest'] });
  languages.register({ id: 'typescript', extensions: ['.mts', '.cts'] });
  languages.register({ id: 'javascript', extensions: ['.mjs', '.cjs'] });
  languages.register({ id: 'shell', filenames: ['.env', '.npmrc', '.gitignore'] });
}
