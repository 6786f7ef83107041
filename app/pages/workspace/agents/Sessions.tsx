import { Undo2 } from 'lucide-react';
import type { AgentSession } from '../../../../shared/agents/review.ts';
import { undoSession } from '../../../api/agents.ts';
import { toast } from '../../../state/toasts.ts';
import { Button, IconButton } from '../../../ui/controls.tsx';
import { FileIcon } from '../../../ui/FileIcon.tsx';
import { baseName, folderName } from '../../../workspace/file-tree.ts';
import type { WorkspaceSession } from '../../../workspace/session.ts';
import { timeOf } from './AgentsPanel.tsx';
import type { Act } from './AgentsPanel.tsx';

interface SessionsProps {
  session: WorkspaceSession;
  sessions: AgentSession[];
  act: Act;
}

/** Sessions of agents with changes that can be taken back. */
export function Sessions({ session, sessions, act }: SessionsProps) {
  if (sessions.length === 0) return null;
  const undo = (of: AgentSession, fileId?: string) => act(async () => tell(of.agentName, await undoSession(session.environmentId, of.id, fileId)));
  return (
    <section className="agents-section" aria-label="Sessions">
      <h3>Changes</h3>
      <ul>
        {sessions.map((of) => (
          <li key={of.id}>
            <div className="agent">
              <span className="agent-text">
                <span className="agent-name">{of.agentName}</span>
                <span className="agent-note">
                  {timeOf(of.startedAt)} to {timeOf(of.lastAt)} · {of.files.length} {of.files.length === 1 ? 'file' : 'files'}
                </span>
              </span>
              <Button small onClick={() => undo(of)} aria-label={`Undo what ${of.agentName} did`}>
                <Undo2 size={13} /> Undo all
              </Button>
            </div>
            {of.files.map((file) => (
              <div key={file.id} className="list-row session-file">
                <FileIcon name={baseName(file.path)} />
                <button type="button" className="list-text" title={file.path} onClick={() => session.tabs.open(file.id)}>
                  {baseName(file.path)} <span className="code">{folderName(file.path)}</span>
                </button>
                <IconButton label={`Undo what ${of.agentName} did in ${file.path}`} small onClick={() => undo(of, file.id)}>
                  <Undo2 size={13} />
                </IconButton>
              </div>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function tell(name: string, files: Awaited<ReturnType<typeof undoSession>>): void {
  const partly = files.filter(({ result }) => result === 'partly').map(({ path }) => path);
  if (partly.length === 0) toast({ kind: 'success', message: `What ${name} did is undone.` });
  else toast({ kind: 'info', message: `What ${name} did is undone, but for what others built upon in ${partly.join(', ')}.` });
}
