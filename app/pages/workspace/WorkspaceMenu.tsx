import { Download, Ellipsis, History, Keyboard, Moon, RotateCw, Upload } from 'lucide-react';
import { useState } from 'react';
import { suspendEnvironment } from '../../api/environments.ts';
import { exportPath } from '../../api/transfer.ts';
import { attempt } from '../../state/toasts.ts';
import { IconButton } from '../../ui/controls.tsx';
import { Menu } from '../../ui/Menu.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { useSelected } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

/** What is done to the environment as a whole. */
export function WorkspaceMenu({ session }: { session: WorkspaceSession }) {
  const [at, setAt] = useState<{ x: number; y: number }>();
  const role = useSelected(session.state, (state) => state.environment?.role);
  const canWrite = role === 'owner' || role === 'editor';
  const writing: MenuEntry[] = [
    { label: 'Import…', icon: <Upload size={14} />, run: () => session.layout.set({ dialog: 'import' }) },
    { label: 'Suspend', icon: <Moon size={14} />, run: () => attempt(() => suspendEnvironment(session.environmentId)) },
  ];
  const entries: MenuEntry[] = [
    { label: 'Export as zip', icon: <Download size={14} />, run: () => exportZip(session) },
    ...(canWrite ? writing : []),
    '-',
    { label: 'History', keys: 'Ctrl+Shift+H', icon: <History size={14} />, run: () => session.layout.set({ side: 'history', narrow: 'side' }) },
    { label: 'Restart the container', icon: <RotateCw size={14} />, run: () => session.restart() },
    { label: 'Keyboard shortcuts', icon: <Keyboard size={14} />, run: () => session.layout.set({ dialog: 'keys' }) },
  ];
  return (
    <>
      <IconButton
        label="Environment menu"
        aria-haspopup="menu"
        onClick={(event) => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          setAt({ x: left, y: bottom + 4 });
        }}
      >
        <Ellipsis size={16} />
      </IconButton>
      {at !== undefined && <Menu at={at} entries={entries} label="Environment" onClose={() => setAt(undefined)} />}
    </>
  );
}

/** The server names the file. */
export function exportZip(session: WorkspaceSession): void {
  const link = document.createElement('a');
  link.href = exportPath(session.environmentId);
  link.download = '';
  link.click();
}
