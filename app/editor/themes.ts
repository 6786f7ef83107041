import type { editor as MonacoEditor } from 'monaco-editor';

export function defineThemes(editor: Pick<typeof MonacoEditor, 'defineTheme'>): void {
  editor.defineTheme('terrarium-dark', {
    base: 'vs-dark',
    inherit: true,
    rules: [
      { token: 'comment', foreground: '6b7685', fontStyle: 'italic' },
      { token: 'keyword', foreground: 'c792ea' },
      { token: 'string', foreground: '9be0bd' },
      { token: 'number', foreground: 'e5a56c' },
      { token: 'type', foreground: '6cb0f4' },
      { token: 'tag', foreground: 'f2777a' },
      { token: 'attribute.name', foreground: 'e5c07b' },
    ],
    colors: {
      'editor.background': '#12161c', 'editor.foreground': '#d6dbe3', 'editorLineNumber.foreground': '#465160', 'editorLineNumber.activeForeground': '#9aa5b1',
      'editor.lineHighlightBackground': '#181d25', 'editor.lineHighlightBorder': '#00000000', 'editor.selectionBackground': '#2f4a5e99', 'editorCursor.foreground': '#7cc4a0',
      'editorWidget.background': '#1a2029', 'editorWidget.border': '#2a323d', 'editorGutter.background': '#12161c', 'editorIndentGuide.background1': '#222934', focusBorder: '#4aa37c',
      'minimap.background': '#12161c', 'scrollbarSlider.background': '#38424f66', 'list.activeSelectionBackground': '#24423a', 'editorSuggestWidget.selectedBackground': '#24423a',
    },
  });
  editor.defineTheme('terrarium-light', {
    base: 'vs',
    inherit: true,
    rules: [
      { token: 'comment', foreground: '7a8490', fontStyle: 'italic' },
      { token: 'keyword', foreground: '8a2fb0' },
      { token: 'string', foreground: '1a7f4b' },
      { token: 'number', foreground: 'b1560f' },
      { token: 'type', foreground: '1259b8' },
    ],
    colors: {
      'editor.background': '#ffffff', 'editor.foreground': '#23292f', 'editorLineNumber.foreground': '#b3bac2', 'editorLineNumber.activeForeground': '#5b6570',
      'editor.lineHighlightBackground': '#f6f8f8', 'editor.lineHighlightBorder': '#00000000', 'editorCursor.foreground': '#1f7a54', focusBorder: '#2b8a62',
      'editorWidget.background': '#ffffff', 'editorWidget.border': '#d9dfe3',
    },
  });
}
