import { discardEarly } from '../container/broker-frame.ts';
import { useEffect } from 'react';
import { overall } from '../boot/machine.ts';
import { navigate, route } from '../state/router.ts';
import { Button } from '../ui/controls.tsx';
import { Toasts } from '../ui/Toasts.tsx';
import { useStore } from '../ui/use-store.ts';
import { openSession } from '../workspace/open-session.ts';
import type { WorkspaceSession } from '../workspace/session.ts';
import { EnvironmentsPage } from './environments/EnvironmentsPage.tsx';
import { LoginPage } from './LoginPage.tsx';
import { WorkspacePage } from './workspace/WorkspacePage.tsx';

/**
 * The session of the environment in the address. It starts when this module loads, before anything is drawn: the container's boot
 * is what a person waits for.
 */
let session: WorkspaceSession | undefined;

function followRoute(): void {
  const current = route.getState();
  const wanted = current.page === 'workspace' ? current.environmentId : undefined;
  if (session?.environmentId === wanted) return;
  session?.dispose();
  session = wanted === undefined ? undefined : openSession(wanted);
  // A page that shows no environment has no use for the frame that was opened for one.
  if (session === undefined) discardEarly();
}

followRoute();
route.subscribe(followRoute);

/** Resolves when no environment is starting: at once without one. */
export function whenQuiet(): Promise<void> {
  const store = session?.boot.store;
  if (store === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = store.subscribe((state) => {
      if (overall(state) === 'running') return;
      stop();
      resolve();
    });
  });
}

export function App() {
  const current = useStore(route);
  useEffect(() => {
    if (current.page === 'environments') document.title = 'Environments · Terrarium';
  }, [current]);
  return (
    <>
      {current.page === 'environments' && <EnvironmentsPage />}
      {current.page === 'workspace' && session !== undefined && <WorkspacePage key={session.environmentId} session={session} />}
      {current.page === 'login' && <LoginPage returnTo={current.returnTo} />}
      {current.page === 'not-found' && <NotFound />}
      <Toasts />
    </>
  );
}

function NotFound() {
  return (
    <main className="centre-page">
      <h1>There is nothing here</h1>
      <p>The address does not belong to any page.</p>
      <Button kind="primary" onClick={() => navigate('/')}>
        Go to the environments
      </Button>
    </main>
  );
}
