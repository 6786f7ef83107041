/** Every command of the workspace: for the palette, and for the keys. */
import { toggleTheme } from '../state/theme.ts';
import { navigate } from '../state/router.ts';
import { attempt } from '../state/toasts.ts';
import type { WorkspaceSession } from './session.ts';

export interface Command {
  id: string;
  title: string;
  /** As it is shown and as `matchesKeys` reads it: "Ctrl+Shift+F". Ctrl stands for Command on a Mac. */
  keys?: string;
  run: (session: WorkspaceSession) => void;
}

export const COMMANDS: Command[] = [
  { id: 'files.quickOpen', title: 'Go to file…', keys: 'Ctrl+P', run: ({ layout }) => layout.set({ palette: 'files' }) },
  { id: 'commands', title: 'Show all commands', keys: 'Ctrl+Shift+P', run: ({ layout }) => layout.set({ palette: 'commands' }) },
  { id: 'view.files', title: 'Show files', keys: 'Ctrl+Shift+E', run: ({ layout }) => layout.set({ side: 'files', narrow: 'side' }) },
  { id: 'view.search', title: 'Search in files', keys: 'Ctrl+Shift+F', run: ({ layout }) => layout.set({ side: 'search', narrow: 'side' }) },
  { id: 'view.changes', title: 'Show changes since opening', keys: 'Ctrl+Shift+G', run: ({ layout }) => layout.set({ side: 'changes', narrow: 'side' }) },
  { id: 'view.history', title: 'Show the history', keys: 'Ctrl+Shift+H', run: ({ layout }) => layout.set({ side: 'history', narrow: 'side' }) },
  { id: 'view.agents', title: 'Show agents', keys: 'Ctrl+Shift+A', run: ({ layout }) => layout.set({ side: 'agents', narrow: 'side' }) },
  { id: 'view.sidebar', title: 'Toggle the side bar', keys: 'Ctrl+B', run: ({ layout }) => layout.toggleSide(layout.store.getState().side ?? 'files') },
  { id: 'view.terminal', title: 'Toggle the terminal', keys: 'Ctrl+`', run: ({ layout }) => layout.toggleBottom('terminal') },
  { id: 'view.problems', title: 'Show problems', keys: 'Ctrl+Shift+M', run: ({ layout }) => layout.set({ bottom: 'problems', narrow: 'terminal' }) },
  { id: 'tests.run', title: 'Run all tests', keys: 'Ctrl+Alt+T', run: ({ layout, tests }) => (layout.set({ bottom: 'tests', narrow: 'terminal' }), void tests.start({ watch: false })) },
  { id: 'tests.watch', title: 'Run tests again as files change', run: ({ layout, tests }) => (layout.set({ bottom: 'tests', narrow: 'terminal' }), void tests.start({ watch: true })) },
  { id: 'view.backend', title: 'Show the backend', keys: 'Ctrl+Alt+B', run: ({ layout }) => layout.set({ bottom: 'backend', narrow: 'terminal' }) },
  { id: 'view.preview', title: 'Toggle the preview', keys: 'Ctrl+Alt+P', run: ({ layout }) => layout.togglePreview() },
  { id: 'view.console', title: 'Toggle the console', keys: 'Ctrl+Alt+J', run: ({ layout }) => layout.toggleTools('console') },
  { id: 'view.network', title: 'Toggle the network panel', keys: 'Ctrl+Alt+N', run: ({ layout }) => layout.toggleTools('network') },
  { id: 'terminal.new', title: 'New terminal', keys: 'Ctrl+Shift+`', run: newTerminal },
  { id: 'preview.reload', title: 'Reload the preview', keys: 'Ctrl+Alt+R', run: ({ preview }) => preview.reload() },
  { id: 'tab.close', title: 'Close the editor tab', keys: 'Alt+W', run: closeTab },
  { id: 'tab.next', title: 'Next editor tab', keys: 'Alt+PageDown', run: ({ tabs }) => tabs.step(1) },
  { id: 'tab.previous', title: 'Previous editor tab', keys: 'Alt+PageUp', run: ({ tabs }) => tabs.step(-1) },
  { id: 'container.restart', title: 'Restart the container', run: (session) => session.restart() },
  { id: 'share', title: 'Share…', run: ({ layout }) => layout.set({ dialog: 'share' }) },
  { id: 'import', title: 'Import a zip, a folder or a Git repository…', run: ({ layout }) => layout.set({ dialog: 'import' }) },
  { id: 'theme', title: 'Switch between light and dark', run: toggleTheme },
  { id: 'keys', title: 'Keyboard shortcuts', run: ({ layout }) => layout.set({ dialog: 'keys' }) },
  { id: 'environments', title: 'Back to the environments', run: () => navigate('/') },
];

function newTerminal(session: WorkspaceSession): void {
  session.layout.set({ bottom: 'terminal', narrow: 'terminal' });
  attempt(() => session.terminals.openShell());
}

function closeTab({ tabs }: WorkspaceSession): void {
  const { active } = tabs.store.getState();
  if (active !== undefined) tabs.close(active);
}

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Whether a key press is the one that `keys` names. Letters go by the physical key as well, since Alt changes what they type. */
export function matchesKeys(keys: string, event: Pressed): boolean {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  const want = (name: string) => parts.includes(name);
  if (want('Ctrl') !== (event.ctrlKey || event.metaKey) || want('Shift') !== event.shiftKey || want('Alt') !== event.altKey) return false;
  const code = key === '`' ? 'Backquote' : key.length === 1 ? `Key${key}` : key;
  return event.code === code || event.key.toLowerCase() === key.toLowerCase();
}

/** Runs the command of a key press; true when there was one. */
export function runKeys(session: WorkspaceSession, event: KeyboardEvent): boolean {
  const command = COMMANDS.find(({ keys }) => keys !== undefined && matchesKeys(keys, event));
  command?.run(session);
  return command !== undefined;
}

/** How well a query fits a text, lower is better; `undefined` when its letters are not in it in order. Runs and word starts count. */
export function fuzzyScore(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase().replaceAll(' ', '');
  const lower = text.toLowerCase();
  let at = -1;
  let score = 0;
  for (const letter of wanted) {
    const next = lower.indexOf(letter, at + 1);
    if (next === -1) return undefined;
    const wordStart = next === 0 || /[/\-_. ]/.test(text[next - 1] ?? '');
    if (next !== at + 1) score += wordStart ? 1 : 4 + Math.min(next - at, 12);
    at = next;
  }
  const base = lower.lastIndexOf('/') + 1;
  return score + text.length / 100 - (lower.startsWith(wanted, base) ? 20 : lower.includes(wanted) ? 10 : 0);
}
