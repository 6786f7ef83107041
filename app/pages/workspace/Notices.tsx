/** What a person has to know for as long as it lasts: the server is away, this browser's storage is full. */
import { CloudOff, HardDrive, TriangleAlert, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { TerrariumError } from '../../../shared/errors/error.ts';
import { ErrorText, IconButton } from '../../ui/controls.tsx';
import { useSelected } from '../../ui/use-store.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

/** A server that was started anew is back by then, in milliseconds. */
const AWAY_AFTER = 4000;

export function Notices({ session }: { session: WorkspaceSession }) {
  const away = useAway(session);
  const full = useSelected(session.document.state, (state) => state.localFull);
  const diskFull = useSelected(session.state, (state) => state.diskFull);
  const problem = useSelected(session.sync, (state) => state.problem);
  return (
    <div className="notices">
      {away && <Notice icon={<CloudOff size={15} />} error={TerrariumError.of('E-TERRARIUM-1305')} />}
      {(full || diskFull) && <Notice icon={<HardDrive size={15} />} error={TerrariumError.of('E-TERRARIUM-1142')} />}
      {problem !== undefined && <Notice key={problem.message} icon={<TriangleAlert size={15} />} error={problem} />}
    </div>
  );
}

/** True while the server has been out of reach for a while. */
function useAway(session: WorkspaceSession): boolean {
  const gone = useSelected(session.document.state, ({ link }) => link === 'reconnecting' || link === 'offline');
  const [away, setAway] = useState(false);
  useEffect(() => {
    if (!gone) return setAway(false);
    const timer = setTimeout(() => setAway(true), AWAY_AFTER);
    return () => clearTimeout(timer);
  }, [gone]);
  return away;
}

function Notice({ icon, error }: { icon: ReactNode; error: TerrariumError }) {
  const [dismissed, setDismissed] = useState(false);
  if (dismissed) return null;
  return (
    <div className="notice-bar" role="status">
      {icon}
      <p>
        <ErrorText error={error} />
      </p>
      <IconButton label="Dismiss" small onClick={() => setDismissed(true)}>
        <X size={14} />
      </IconButton>
    </div>
  );
}
