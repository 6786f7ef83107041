import { Check, CircleAlert, CloudOff, Loader, PlugZap, RefreshCw, TriangleAlert } from 'lucide-react';
import { overall } from '../../boot/machine.ts';
import type { DocumentState } from '../../document/connection.ts';
import { useTurn } from '../../ui/controls.tsx';
import { useSelected, useStore } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

export function StatusBar({ session }: { session: WorkspaceSession }) {
  const problems = useStore(session.problems);
  const { cursor, language } = useSelected(session.layout.store, ({ cursor, language }) => ({ cursor, language }));
  const { ports, hotUpdates } = useSelected(session.preview.store, ({ ports, hotUpdates }) => ({ ports, hotUpdates }));
  const count = (severity: string) => problems.filter((problem) => problem.severity === severity).length;
  return (
    <footer className="status-bar" aria-label="Status">
      <SavedState session={session} />
      <button type="button" title="Show problems" onClick={() => session.layout.toggleBottom('problems')}>
        <CircleAlert size={12} /> {count('error')} <TriangleAlert size={12} /> {count('warning')}
      </button>
      <span className="grow" />
      <BootTime session={session} />
      {hotUpdates > 0 && <span title="Hot updates since the page was loaded">{hotUpdates} hot updates</span>}
      {ports.length > 0 && (
        <span title="Listening ports">
          <PlugZap size={12} /> {ports.join(', ')}
        </span>
      )}
      {cursor !== undefined && (
        <span>
          Ln {cursor.line}, Col {cursor.column}
          {cursor.selected > 0 && ` (${cursor.selected} selected)`}
        </span>
      )}
      {language !== undefined && <span>{language}</span>}
    </footer>
  );
}

/** What `data-saved` says is what tests and people may rely on: `saved` only when the server announced that it stored everything. */
export function SavedState({ session }: { session: WorkspaceSession }) {
  const state = useStore(session.document.state);
  const unsent = useSelected(session.sync, (sync) => sync.unsent);
  // What programs wrote and the room does not have yet is not saved either.
  const { key, text, title, icon } = savedView({ ...state, saved: state.saved && unsent === 0 });
  return (
    <span className={`saved ${key}`} role="status" data-saved={key} data-link={state.link} title={title}>
      {icon} {text}
    </span>
  );
}

function savedView({ link, saved, closedReason }: DocumentState) {
  switch (link) {
    case 'connected':
      return saved
        ? { key: 'saved', text: 'Saved', title: 'Everything is stored on the server', icon: <Check size={12} /> }
        : { key: 'saving', text: 'Saving…', title: 'The server has not yet stored the latest changes', icon: <Loader size={12} /> };
    case 'connecting':
      return { key: 'connecting', text: 'Connecting…', title: 'Opening the connection', icon: <Turning /> };
    case 'reconnecting':
      return { key: 'reconnecting', text: 'Reconnecting…', title: 'Changes are kept in this browser and sent when the server is back', icon: <Turning /> };
    case 'offline':
      return { key: 'offline', text: 'Offline', title: 'Changes are kept in this browser and sent when you are back online', icon: <CloudOff size={12} /> };
    case 'closed':
      return { key: 'closed', text: 'Closed', title: closedReason?.reason ?? 'The server closed this environment', icon: <CloudOff size={12} /> };
  }
}

function BootTime({ session }: { session: WorkspaceSession }) {
  const boot = useStore(session.boot.store);
  const shownAt = useSelected(session.state, (state) => state.shownAt);
  const { paint } = boot.phases;
  if (overall(boot) !== 'ready' || paint.status !== 'done' || boot.startedAt === undefined) return null;
  return <span title="From opening to the preview's first paint">{((paint.endedAt - Math.max(boot.startedAt, shownAt)) / 1000).toFixed(2)} s to first paint</span>;
}

function Turning() {
  return <RefreshCw size={12} style={useTurn()} />;
}
