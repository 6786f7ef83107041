import { Eye, Play, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Environment } from '../../api/environments.ts';
import { navigate, workspacePath } from '../../state/router.ts';
import { Button, IconButton, Spinner } from '../../ui/controls.tsx';
import { WorkspaceSession } from '../../workspace/session.ts';
import { PreviewPane } from '../workspace/PreviewPane.tsx';
import { size, STATUS_LABEL } from './environments-store.ts';

/** The environment that was chosen in the list: what is known of it, and its preview, running here, when it is asked for. */
export function EnvironmentDetails({ environment, onResume, onClose }: { environment: Environment; onResume: () => void; onClose: () => void }) {
  const [isRunning, setRunning] = useState(false);
  const { environmentId: id, taskId, status, template, agents, agentId, use, members, connections, storageBytes, createdAt, usedAt, role } = environment;
  const facts: [string, string][] = [
    ['Status', STATUS_LABEL[status]],
    ['Template', template],
    ...(agents.length === 0 ? [['Agent', agentId ?? 'none'] satisfies [string, string]] : agents.map(({ name, client }, index): [string, string] => [index === 0 ? 'Agents' : '', `${name}, ${client ?? 'which has not said what it is'}`])),
    ['You are', role],
    ['Members', `${members}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`],
    ['On the server', size(storageBytes)],
    ...usedBy(use),
    ['Made', new Date(createdAt).toLocaleString()],
    ['Last used', new Date(usedAt).toLocaleString()],
  ];
  return (
    <aside className="environment-details" aria-label={`About ${taskId}`}>
      <header>
        <h2>{taskId}</h2>
        <IconButton label="Close the details" small onClick={onClose}>
          <X size={14} />
        </IconButton>
      </header>
      {status === 'suspended' ? (
        <div className="inline-preview centre">
          <p>It is suspended: nothing runs in it.</p>
          {role !== 'viewer' && (
            <Button small onClick={onResume}>
              <Play size={13} /> Resume
            </Button>
          )}
        </div>
      ) : isRunning ? (
        <InlinePreview key={id} environmentId={id} />
      ) : (
        <div className="inline-preview centre">
          <Button onClick={() => setRunning(true)}>
            <Eye size={14} /> Show the preview
          </Button>
          <p>It runs in this page until you close it.</p>
        </div>
      )}
      <dl>
        {facts.map(([what, value]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Button kind="primary" onClick={() => navigate(workspacePath(id))}>
        Open
      </Button>
    </aside>
  );
}

/** What can be measured; of the rest it says that nobody tells. */
function usedBy(use: Environment['use']): [string, string][] {
  if (use === null) return [['Container', 'none runs']];
  const { host, processes, threads, busy, packBytes } = use;
  return [
    ['Container', host === 'headless' ? 'in the server’s browser' : 'in a member’s tab'],
    ['Processes', `${processes}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`],
    ['Running code', busy === null ? 'measuring' : `${Math.round(busy * 100)} % of a processor`],
    ['Packages in memory', size(packBytes)],
    ['Memory of programs', 'not told by browsers'],
  ];
}

/** A session of its own, ended when another environment is chosen. */
function InlinePreview({ environmentId }: { environmentId: string }) {
  const [session, setSession] = useState<WorkspaceSession>();
  useEffect(() => {
    const opened = new WorkspaceSession(environmentId);
    opened.start();
    opened.show();
    setSession(opened);
    return () => opened.dispose();
  }, [environmentId]);
  return <div className="inline-preview">{session === undefined ? <Spinner label="Starting" /> : <PreviewPane session={session} />}</div>;
}
