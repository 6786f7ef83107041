import { createStore } from 'zustand/vanilla';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Theme = 'light' | 'dark';

const KEY = 'terrarium.theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

function stored(): ThemeChoice {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
}

function resolve(choice: ThemeChoice): Theme {
  if (choice !== 'system') return choice;
  return dark.matches ? 'dark' : 'light';
}

export const theme = createStore<{ choice: ThemeChoice; theme: Theme }>(() => ({ choice: stored(), theme: resolve(stored()) }));

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(KEY, choice);
  theme.setState({ choice, theme: resolve(choice) });
}

/** What one press of the toggle does: the other one of what is seen. */
export function toggleTheme(): void {
  chooseTheme(theme.getState().theme === 'dark' ? 'light' : 'dark');
}

/** Follows the system and writes the theme where CSS reads it. Called once at start. */
export function applyTheme(): void {
  const write = () => (document.documentElement.dataset['theme'] = theme.getState().theme);
  dark.addEventListener('change', () => theme.setState(({ choice }) => ({ choice, theme: resolve(choice) })));
  theme.subscribe(write);
  write();
}
