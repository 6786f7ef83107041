import { Plus, Square, TerminalSquare, X } from 'lucide-react';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef } from 'react';
import { attempt } from '../../state/toasts.ts';
import { IconButton } from '../../ui/controls.tsx';
import { useSelected, useStore } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import type { TerminalTab } from '../../terminal/terminals.ts';

export function TerminalTabs({ session }: { session: WorkspaceSession }) {
  const { tabs, activeId } = useStore(session.terminals.store);
  const running = useSelected(session.state, (state) => state.container !== undefined);
  const active = tabs.find((tab) => tab.id === activeId);
  return (
    <div className="terminal-tabs" role="tablist" aria-label="Terminals">
      {tabs.map((tab) => (
        <div key={tab.id} role="tab" aria-selected={tab.id === activeId} tabIndex={0} className={`terminal-tab ${tab.id === activeId ? 'active' : ''}`} onClick={() => session.terminals.activate(tab.id)} onKeyDown={(event) => event.key === 'Enter' && session.terminals.activate(tab.id)} onAuxClick={(event) => event.button === 1 && session.terminals.close(tab.id)}>
          <span className={`dot ${dotOf(tab)}`} title={titleOf(tab)} />
          {tab.title}
          <IconButton label={`Close terminal ${tab.title}`} small onClick={(event) => (event.stopPropagation(), session.terminals.close(tab.id))}>
            <X size={12} />
          </IconButton>
        </div>
      ))}
      <IconButton label="New terminal" small disabled={!running} onClick={() => attempt(() => session.terminals.openShell())}>
        <Plus size={14} />
      </IconButton>
      {active?.status === 'running' && active.kind === 'task' && (
        <IconButton label={`Stop ${active.title}`} small onClick={() => session.terminals.kill(active.id)}>
          <Square size={12} />
        </IconButton>
      )}
    </div>
  );
}

function dotOf(tab: TerminalTab): string {
  if (tab.status === 'running' || tab.status === 'starting') return 'good';
  return tab.status === 'exited' && tab.exitCode === 0 ? 'muted' : 'bad';
}

function titleOf(tab: TerminalTab): string {
  return tab.status === 'exited' ? `exited with code ${tab.exitCode ?? '?'}` : tab.status;
}

export function TerminalView({ session }: { session: WorkspaceSession }) {
  const activeId = useSelected(session.terminals.store, (state) => state.activeId);
  const container = useSelected(session.state, (state) => state.container !== undefined);
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null || activeId === undefined) return;
    const detach = session.terminals.attach(activeId, host.current);
    const isShell = session.terminals.store.getState().tabs.some((tab) => tab.id === activeId && tab.kind === 'shell');
    if (isShell) session.terminals.focus(activeId);
    return detach;
  }, [session, activeId]);
  if (activeId === undefined) {
    return (
      <div className="centre">
        <TerminalSquare size={26} color="var(--text-3)" />
        <p>{container ? 'No terminal is open.' : 'Terminals open when the container has booted.'}</p>
        {container && (
          <button type="button" className="button small" onClick={() => attempt(() => session.terminals.openShell())}>
            Open a terminal
          </button>
        )}
      </div>
    );
  }
  return <div ref={host} className="terminal-host" data-testid="terminal" />;
}
