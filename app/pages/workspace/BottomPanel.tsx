import { X } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import type { KeyboardEvent } from 'react';
import { BackendView } from '../../backend/backend-view.ts';
import { IconButton } from '../../ui/controls.tsx';
import { PanelLoad } from '../../ui/PanelLoad.tsx';
import { useSelected } from '../../ui/use-store.ts';
import type { LayoutState } from '../../workspace/layout.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { ProblemsPanel } from './ProblemsPanel.tsx';
import { TerminalTabs, TerminalView } from './TerminalPanel.tsx';
import { TestsPanel, TestsTools } from './TestsPanel.tsx';

const BackendPanel = lazy(() => import('./backend/BackendPanel.tsx').then(({ BackendPanel: one }) => ({ default: one })));

type TabId = NonNullable<LayoutState['bottom']>;

export function BottomPanel({ session }: { session: WorkspaceSession }) {
  const shown = useSelected(session.layout.store, (state) => state.bottom) ?? 'terminal';
  const problems = useSelected(session.problems, (all) => all.length);
  const failedTests = useSelected(session.tests.store, ({ files }) => files.flatMap((file) => file.tests).filter((test) => test.state === 'failed').length);
  const view = useBackend(session);
  const trouble = useSelected(view.store, ({ status, unseenErrors }) => unseenErrors + (status?.message == null ? 0 : 1));
  const tabs: { id: TabId; label: string; count: number; isBad: boolean }[] = [
    { id: 'terminal', label: 'Terminal', count: 0, isBad: false },
    { id: 'problems', label: 'Problems', count: problems, isBad: false },
    { id: 'tests', label: 'Tests', count: failedTests, isBad: true },
    { id: 'backend', label: 'Backend', count: trouble, isBad: true },
  ];
  return (
    <section className="bottom-panel" aria-label="Bottom panel">
      <div className="panel-tabs">
        <div role="tablist" aria-label="Bottom panel" onKeyDown={moveAmongTabs}>
          {tabs.map(({ id, label, count, isBad }) => (
            <button key={id} type="button" role="tab" aria-selected={id === shown} onClick={() => session.layout.set({ bottom: id })}>
              {label} {count > 0 && <span className={isBad ? 'chip bad' : 'chip'}>{count}</span>}
            </button>
          ))}
        </div>
        <span className="grow" />
        {shown === 'tests' && <TestsTools session={session} />}
        {shown === 'terminal' && <TerminalTabs session={session} />}
        <IconButton label="Close the panel" small onClick={() => session.layout.set({ bottom: undefined })}>
          <X size={14} />
        </IconButton>
      </div>
      <div className="panel-body">
        {shown === 'terminal' && <TerminalView session={session} />}
        {shown === 'problems' && <ProblemsPanel session={session} />}
        {shown === 'tests' && <TestsPanel session={session} />}
        {shown === 'backend' && (
          <Suspense fallback={<PanelLoad isLoaded={false} error={undefined} label="Loading the backend" />}>
            <BackendPanel session={session} view={view} />
          </Suspense>
        )}
      </div>
    </section>
  );
}

/** Asks nothing where the project has no backend and nobody looks for one. */
function useBackend(session: WorkspaceSession): BackendView {
  const view = useMemo(() => new BackendView(session.environmentId), [session]);
  const isWanted = useSelected(session.layout.store, (state) => state.bottom === 'backend');
  const hasFiles = useSelected(session.files, (files) => files.some(({ path }) => path.startsWith('backend/')));
  useEffect(() => (isWanted || hasFiles ? view.start() : undefined), [view, isWanted, hasFiles]);
  return view;
}

/** The arrows move the focus; Enter chooses, since a panel may take a while to show (WAI-ARIA, Tabs). */
function moveAmongTabs(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')];
  const at = tabs.findIndex((tab) => tab === document.activeElement);
  event.preventDefault();
  tabs.at((at + (event.key === 'ArrowRight' ? 1 : -1)) % tabs.length)?.focus();
}
