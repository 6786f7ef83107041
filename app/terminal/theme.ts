import type { ITheme } from '@xterm/xterm';
import type { Theme } from '../state/theme.ts';

const dark: ITheme = {
  background: '#0e1116', foreground: '#d6dbe3', cursor: '#7cc4a0', cursorAccent: '#0e1116', selectionBackground: '#2f4a5e99',
  black: '#1c2129', red: '#f2777a', green: '#7cc4a0', yellow: '#e5c07b', blue: '#6cb0f4', magenta: '#c792ea', cyan: '#56c8d8', white: '#d6dbe3',
  brightBlack: '#6b7685', brightRed: '#ff9a9c', brightGreen: '#9be0bd', brightYellow: '#f4d79a', brightBlue: '#93c8ff', brightMagenta: '#ddb3f8', brightCyan: '#86e1ee', brightWhite: '#ffffff',
};

const light: ITheme = {
  background: '#ffffff', foreground: '#23292f', cursor: '#1f7a54', cursorAccent: '#ffffff', selectionBackground: '#b6d7f5',
  black: '#23292f', red: '#c0282d', green: '#1a7f4b', yellow: '#8a6100', blue: '#1259b8', magenta: '#8a2fb0', cyan: '#0b7285', white: '#5b6570',
  brightBlack: '#7a8490', brightRed: '#d9383d', brightGreen: '#23965b', brightYellow: '#a17300', brightBlue: '#1d6fd8', brightMagenta: '#a343cc', brightCyan: '#12899f', brightWhite: '#23292f',
};

export function terminalTheme(theme: Theme): ITheme {
  return theme === 'dark' ? dark : light;
}
