import { Moon } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { resumeEnvironment } from '../../api/environments.ts';
import { describeError } from '../../state/describe-error.ts';
import type { Described } from '../../state/describe-error.ts';
import { navigate } from '../../state/router.ts';
import { Button, ErrorText, Spinner } from '../../ui/controls.tsx';
import type { WorkspaceSession } from '../../workspace/session.ts';

/** A page that was resumed and is suspended again so soon asks, in milliseconds. */
const AGAIN_MS = 20_000;
const resumedKey = (id: string) => `terrarium.resumed:${id}`;

/** Nothing runs any more. A page that was just opened resumes by itself; one that was open asks (server/resources/SPEC.md, M5). */
export function Suspended({ session }: { session: WorkspaceSession }) {
  const [error, setError] = useState<Described>();
  const [busy, setBusy] = useState(false);
  const id = session.environmentId;
  const resume = useCallback(() => {
    setBusy(true);
    setError(undefined);
    sessionStorage.setItem(resumedKey(id), String(Date.now()));
    resumeEnvironment(id).then(
      () => {
        session.rememberRoute();
        location.reload();
      },
      (problem: unknown) => {
        setError(describeError(problem));
        setBusy(false);
      },
    );
  }, [session, id]);
  useEffect(() => {
    const wasOpen = session.document.state.getState().source === 'room';
    const before = Number(sessionStorage.getItem(resumedKey(id)) ?? 0);
    session.shutDown();
    if (!wasOpen && Date.now() - before > AGAIN_MS) resume();
  }, [session, id, resume]);
  return (
    <main className="centre-page">
      <Moon size={40} color="var(--text-3)" />
      <h1>This environment is suspended</h1>
      <p>Nothing runs in it, and everything in it is kept. It was not used for a while, others needed its place, or somebody suspended it.</p>
      {error !== undefined && (
        <p role="alert">
          <ErrorText error={error} />
        </p>
      )}
      <div className="dialog-foot">
        <Button onClick={() => navigate('/')}>Go to the environments</Button>
        <Button kind="primary" disabled={busy} autoFocus onClick={resume}>
          {busy && <Spinner label="Resuming" />} Resume
        </Button>
      </div>
    </main>
  );
}
