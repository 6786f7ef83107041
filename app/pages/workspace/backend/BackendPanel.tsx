import { ExternalLink, Moon, Rocket, Server } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { deployBackend, suspendBackend } from '../../../api/backend.ts';
import type { BackendStats, BackendStatus } from '../../../api/backend.ts';
import type { BackendView } from '../../../backend/backend-view.ts';
import { attempt } from '../../../state/toasts.ts';
import { Button, ErrorText, IconButton, Spinner } from '../../../ui/controls.tsx';
import { PanelLoad } from '../../../ui/PanelLoad.tsx';
import { useSelected, useStore } from '../../../ui/use-store.ts';
import type { WorkspaceSession } from '../../../workspace/session.ts';
import { BackendData } from './BackendData.tsx';
import { BackendDatabase } from './BackendDatabase.tsx';
import { BackendLog } from './BackendLog.tsx';
import { BackendRequests } from './BackendRequests.tsx';
import { BackendSettings } from './BackendSettings.tsx';
import { bytes } from './format.ts';

const VIEWS = [
  { id: 'log', label: 'Log' },
  { id: 'requests', label: 'Requests' },
  { id: 'database', label: 'Database' },
  { id: 'data', label: 'Snapshots' },
  { id: 'settings', label: 'Settings' },
] as const;
type ViewId = (typeof VIEWS)[number]['id'];

/** The environment's own server: its state, what it says, what it is asked, what it keeps. */
export function BackendPanel({ session, view }: { session: WorkspaceSession; view: BackendView }) {
  const { status, error } = useStore(view.store);
  const [shown, setShown] = useState<ViewId>('log');
  const isOwner = useSelected(session.state, ({ environment }) => environment?.role === 'owner');
  const views = VIEWS.filter(({ id }) => id !== 'settings' || isOwner);
  const canWrite = useSelected(session.state, ({ environment }) => environment !== undefined && environment.role !== 'viewer');
  useEffect(() => {
    view.watch(true);
    return () => view.watch(false);
  }, [view]);
  if (status === undefined) return <PanelLoad isLoaded={false} error={error} label="Loading the backend" />;
  if (!status.present && status.state === 'absent') return <Absent />;
  return (
    <div className="backend">
      <div className="tool-bar backend-bar">
        <div role="tablist" aria-label="Backend" className="backend-views" onKeyDown={(event) => moveAmongTabs(event, views, shown, setShown)}>
          {views.map(({ id, label }) => (
            <button key={id} type="button" role="tab" aria-selected={id === shown} tabIndex={id === shown ? 0 : -1} onClick={() => setShown(id)}>
              {label}
            </button>
          ))}
        </div>
        <span className="grow" />
        <State session={session} view={view} status={status} canWrite={canWrite} />
      </div>
      <Trouble status={status} error={error} />
      <div className="backend-body" role="tabpanel" aria-label={VIEWS.find(({ id }) => id === shown)?.label}>
        {shown === 'log' && <BackendLog session={session} view={view} />}
        {shown === 'requests' && <BackendRequests view={view} />}
        {shown === 'database' && <BackendDatabase environmentId={session.environmentId} canWrite={canWrite} />}
        {shown === 'data' && <BackendData environmentId={session.environmentId} canWrite={canWrite} />}
        {shown === 'settings' && <BackendSettings environmentId={session.environmentId} />}
      </div>
    </div>
  );
}

function Absent() {
  return (
    <div className="centre backend-absent">
      <Server size={26} color="var(--text-3)" />
      <p>
        This project has no backend. Add <code>backend/index.ts</code> with a default export that has a <code>fetch</code> handler, and it runs as you type.
      </p>
    </div>
  );
}

const STATES: Record<BackendStatus['state'], { text: string; chip: string; isBusy?: boolean }> = {
  absent: { text: 'none', chip: '' },
  building: { text: 'building', chip: 'warn', isBusy: true },
  migrating: { text: 'migrating', chip: 'warn', isBusy: true },
  starting: { text: 'starting', chip: 'warn', isBusy: true },
  running: { text: 'running', chip: 'good' },
  suspended: { text: 'asleep', chip: '' },
  failed: { text: 'failed', chip: 'bad' },
  stopped: { text: 'stopped', chip: 'bad' },
};

function State({ session, view, status, canWrite }: { session: WorkspaceSession; view: BackendView; status: BackendStatus; canWrite: boolean }) {
  const stats = useSelected(view.store, (state) => state.stats);
  const { text, chip, isBusy = false } = STATES[status.state];
  const act = (work: () => Promise<unknown>) => attempt(() => work().finally(() => void view.refresh()));
  return (
    <>
      {stats !== undefined && <Use stats={stats} />}
      <span className={`chip ${chip}`} role="status" aria-label={`The backend is ${text}`} title={status.digest === null ? undefined : `Version ${status.digest.slice(0, 12)}`}>
        {isBusy && <Spinner label={text} />} {text}
      </span>
      <a className="icon-button small" href={session.at.backend(session.label)} target="_blank" rel="noreferrer noopener" aria-label="Open the backend in a tab" title="Open the backend in a tab">
        <ExternalLink size={13} />
      </a>
      {canWrite && (
        <>
          <IconButton label="Let it sleep: its process ends, its data stays" small disabled={status.state !== 'running'} onClick={() => act(() => suspendBackend(session.environmentId))}>
            <Moon size={13} />
          </IconButton>
          <Button small disabled={isBusy} onClick={() => act(() => deployBackend(session.environmentId))}>
            <Rocket size={13} /> Deploy
          </Button>
        </>
      )}
    </>
  );
}

function Use({ stats: { running, memory, cpuMs, disk, limits } }: { stats: BackendStats }) {
  const full = memory > limits.memory * 0.9 || disk > limits.disk * 0.9;
  return (
    <span className={`backend-use wide-only ${full ? 'full' : ''}`}>
      {running && (
        <span title={`Memory, of ${bytes(limits.memory)}`}>
          {bytes(memory)}
        </span>
      )}
      {running && <span title="Processor time since its start">{(cpuMs / 1000).toFixed(1)} s CPU</span>}
      <span title={`Of the database, of ${bytes(limits.disk)}`}>{bytes(disk)} data</span>
    </span>
  );
}

/** Why it does not serve, or why an older version does; and that what is shown may be old. */
function Trouble({ status, error }: { status: BackendStatus; error: { code?: string | undefined; message: string } | undefined }) {
  const failed = status.message === null ? undefined : { code: status.code ?? undefined, message: status.message };
  if (failed === undefined && error === undefined) return null;
  return (
    <div className="backend-trouble" role="alert">
      {failed !== undefined && (
        <p>
          <ErrorText error={failed} />
          {status.state === 'running' && ' The version before it serves on.'}
        </p>
      )}
      {error !== undefined && (
        <p>
          <ErrorText error={error} />
        </p>
      )}
    </div>
  );
}

/** Keys of tabs (WAI-ARIA, Tabs). */
function moveAmongTabs(event: KeyboardEvent<HTMLDivElement>, views: readonly { id: ViewId }[], shown: ViewId, show: (id: ViewId) => void): void {
  const at = views.findIndex(({ id }) => id === shown);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: views.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const index = (to + views.length) % views.length;
  show(views[index]?.id ?? 'log');
  event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[index]?.focus();
}
