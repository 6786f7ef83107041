import { Check, X } from 'lucide-react';
import type { AgentProposal, Hunk } from '../../../../shared/agents/review.ts';
import { decideProposal } from '../../../api/agents.ts';
import { Avatar, Button } from '../../../ui/controls.tsx';
import type { WorkspaceSession } from '../../../workspace/session.ts';
import type { Act } from './AgentsPanel.tsx';

interface ProposalsProps {
  session: WorkspaceSession;
  proposals: AgentProposal[];
  act: Act;
}

/** What agents suggest, each change as a diff to accept or reject. */
export function Proposals({ session, proposals, act }: ProposalsProps) {
  if (proposals.length === 0) return null;
  return (
    <section className="agents-section" aria-label="Suggestions">
      <h3>
        Suggestions <span className="chip">{proposals.length}</span>
      </h3>
      <ul>
        {proposals.map((proposal) => (
          <Proposal key={proposal.id} proposal={proposal} decide={(accept, hunks) => act(() => decideProposal(session.environmentId, proposal.id, { accept, ...(hunks === undefined ? {} : { hunks }) }))} />
        ))}
      </ul>
    </section>
  );
}

type Decide = (accept: boolean, hunks?: string[]) => void;

const WHAT = { edit: 'changes', create: 'adds', move: 'moves', delete: 'deletes' } as const;

function Proposal({ proposal, decide }: { proposal: AgentProposal; decide: Decide }) {
  const { agent, kind, path, toPath, hunks, fits } = proposal;
  return (
    <li className="proposal" aria-label={`${agent.name} ${WHAT[kind]} ${path}`}>
      <header>
        <Avatar name={agent.name} colour={agent.colour} />
        <span className="agent-text">
          <span className="agent-name" title={path}>
            {path}
            {toPath !== null && ` → ${toPath}`}
          </span>
          <span className="agent-note">
            {agent.name} {WHAT[kind]} {hunks.length > 1 ? `${hunks.length} places` : 'it'}
          </span>
        </span>
        <Button small kind="primary" disabled={!fits && kind !== 'edit'} onClick={() => decide(true)}>
          Accept
        </Button>
        <Button small onClick={() => decide(false)}>
          Reject
        </Button>
      </header>
      {!fits && (
        <p className="proposal-stale" role="note">
          Somebody has changed the same lines since{kind === 'edit' && hunks.length > 1 ? ': some places may still fit' : ''}. <code className="code">E-TERRARIUM-1345</code>
        </p>
      )}
      {hunks.map((hunk) => (
        <HunkView key={hunk.id} hunk={hunk} single={hunks.length === 1} decide={decide} />
      ))}
    </li>
  );
}

function HunkView({ hunk, single, decide }: { hunk: Hunk; single: boolean; decide: Decide }) {
  const name = `lines ${hunk.from} to ${Math.max(hunk.from, hunk.to)}`;
  return (
    <div className="hunk">
      {!single && (
        <div className="hunk-head">
          <span>{name}</span>
          <button type="button" className="icon-button small" aria-label={`Accept ${name}`} title="Accept this place" onClick={() => decide(true, [hunk.id])}>
            <Check size={13} />
          </button>
          <button type="button" className="icon-button small" aria-label={`Reject ${name}`} title="Reject this place" onClick={() => decide(false, [hunk.id])}>
            <X size={13} />
          </button>
        </div>
      )}
      <pre>
        {hunk.lines.map(({ kind, text }, index) => (
          <span key={index} className={kind === '+' ? 'added' : kind === '-' ? 'removed' : ''}>
            {kind}
            {text}
            {'\n'}
          </span>
        ))}
      </pre>
    </div>
  );
}
