import { Plus } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { AgentInfo } from '../../../../shared/agents/api.ts';
import type { FileLock } from '../../../../shared/agents/review.ts';
import { AgentsView } from '../../../agents/agents-view.ts';
import { releaseLock, revokeAgent, setAgentMode } from '../../../api/agents.ts';
import { attempt } from '../../../state/toasts.ts';
import { Avatar, Button, IconButton } from '../../../ui/controls.tsx';
import { PanelLoad } from '../../../ui/PanelLoad.tsx';
import { useSelected, useStore } from '../../../ui/use-store.ts';
import type { WorkspaceSession } from '../../../workspace/session.ts';
import { Calls } from './Calls.tsx';
import { NewAgentDialog } from './NewAgentDialog.tsx';
import { Proposals } from './Proposals.tsx';
import { Sessions } from './Sessions.tsx';

/** Agents of the environment: their tokens, what waits for a decision, what they did and how to take it back. */
export function AgentsPanel({ session }: { session: WorkspaceSession }) {
  const role = useSelected(session.state, (state) => state.environment?.role);
  if (role === undefined) return <section className="panel" aria-label="Agents" />;
  if (role === 'viewer') {
    return (
      <section className="panel" aria-label="Agents">
        <p className="panel-empty">As a viewer you see agents among the members, and what they change. Their work is decided by editors.</p>
      </section>
    );
  }
  return <Panel session={session} isOwner={role === 'owner'} />;
}

function Panel({ session, isOwner }: { session: WorkspaceSession; isOwner: boolean }) {
  const view = useMemo(() => new AgentsView(session.environmentId, isOwner), [session, isOwner]);
  useEffect(() => {
    void view.refresh();
    return () => view.dispose();
  }, [view]);
  const { agents, proposals, sessions, locks, calls, error } = useStore(view.store);
  const [isMaking, setMaking] = useState(false);
  /** Does something and shows what came of it. */
  const act = (work: () => Promise<unknown>) => attempt(() => work().finally(() => void view.refresh()));
  return (
    <section className="panel" aria-label="Agents">
      <header className="panel-head">
        <h2>Agents</h2>
        {isOwner && (
          <IconButton label="Make a token for an agent" small onClick={() => setMaking(true)}>
            <Plus size={15} />
          </IconButton>
        )}
      </header>
      <PanelLoad isLoaded={agents !== undefined} error={error} label="Loading the agents" />
      <div className="list agents">
        <Proposals session={session} proposals={proposals} act={act} />
        {agents !== undefined && <AgentList agents={agents} isOwner={isOwner} environmentId={session.environmentId} act={act} onMake={() => setMaking(true)} />}
        <Sessions session={session} sessions={sessions} act={act} />
        <Locks locks={locks} environmentId={session.environmentId} act={act} />
        {isOwner && <Calls calls={calls} />}
      </div>
      {isMaking && <NewAgentDialog session={session} onClose={() => (setMaking(false), void view.refresh())} />}
    </section>
  );
}

export type Act = (work: () => Promise<unknown>) => void;

const STATES = { valid: 'good', expired: 'warn', revoked: 'bad' } as const;

function AgentList({ agents, isOwner, environmentId, act, onMake }: { agents: AgentInfo[]; isOwner: boolean; environmentId: string; act: Act; onMake: () => void }) {
  const [showsAll, setShowsAll] = useState(false);
  const valid = agents.filter(({ state }) => state === 'valid');
  const over = agents.length - valid.length;
  return (
    <section className="agents-section" aria-label="Tokens">
      <h3>Tokens</h3>
      {agents.length === 0 && (
        <div className="agents-empty">
          <p>No agent has a token here yet.</p>
          {isOwner && (
            <Button small kind="primary" onClick={onMake}>
              <Plus size={13} /> Make a token
            </Button>
          )}
        </div>
      )}
      <ul>
        {(showsAll ? agents : valid).map((agent) => (
          <li key={agent.id} className="agent">
            <Avatar name={agent.name} colour={agent.colour} />
            <span className="agent-text">
              <span className="agent-name">
                {agent.name} {agent.state !== 'valid' && <span className={`chip ${STATES[agent.state]}`}>{agent.state}</span>}
              </span>
              <span className="agent-note" title={agent.verbs.join(', ')}>
                {agent.verbs.length} verbs · {agent.lastUsedAt === null ? 'never used' : `used ${timeOf(agent.lastUsedAt)}`} · until {dayOf(agent.expiresAt)}
              </span>
            </span>
            {agent.state === 'valid' && (
              <span className="agent-actions">
                <label className="agent-suggest" title="Its changes wait until somebody accepts them">
                  <input type="checkbox" checked={agent.mode === 'suggest'} onChange={(event) => act(() => setAgentMode(environmentId, agent.id, event.target.checked ? 'suggest' : 'edit'))} /> Suggest
                </label>
                {isOwner && (
                  <Button small onClick={() => act(() => revokeAgent(environmentId, agent.id))} aria-label={`Revoke ${agent.name}`}>
                    Revoke
                  </Button>
                )}
              </span>
            )}
          </li>
        ))}
      </ul>
      {over > 0 && (
        <button type="button" className="agents-more" onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? 'Hide those that are over' : `Show ${over} that ${over === 1 ? 'is' : 'are'} over`}
        </button>
      )}
    </section>
  );
}

function Locks({ locks, environmentId, act }: { locks: FileLock[]; environmentId: string; act: Act }) {
  if (locks.length === 0) return null;
  return (
    <section className="agents-section" aria-label="Locks">
      <h3>Locked files</h3>
      <ul>
        {locks.map(({ fileId, path, holder, reason }) => (
          <li key={fileId} className="agent">
            <span className="agent-text">
              <span className="agent-name">{path ?? 'a deleted file'}</span>
              <span className="agent-note">
                by {holder.name}: {reason}
              </span>
            </span>
            <Button small onClick={() => act(() => releaseLock(environmentId, fileId))} aria-label={`Release the lock of ${path ?? 'a deleted file'}`}>
              Release
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export const timeOf = (iso: string): string => new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
const dayOf = (iso: string): string => new Date(iso).toLocaleDateString([], { day: 'numeric', month: 'short' });
