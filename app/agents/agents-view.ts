/** What the agents panel shows, kept fresh while it is open. */
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { AgentInfo, AuditEntry } from '../../shared/agents/api.ts';
import type { AgentProposal, AgentSession, FileLock } from '../../shared/agents/review.ts';
import { listAgents, listCalls, listLocks, listProposals, listSessions } from '../api/agents.ts';
import { describeError, isAbort } from '../state/describe-error.ts';
import type { Described } from '../state/describe-error.ts';

export interface AgentsState {
  /** Undefined until they have come. */
  agents: AgentInfo[] | undefined;
  proposals: AgentProposal[];
  sessions: AgentSession[];
  locks: FileLock[];
  calls: AuditEntry[];
  error: Described | undefined;
}

/** Calls of agents come at any time, and nothing tells of them but asking. */
const REFRESH_MS = 3000;
const CALLS_SHOWN = 50;

export class AgentsView {
  readonly store: StoreApi<AgentsState> = createStore<AgentsState>(() => ({ agents: undefined, proposals: [], sessions: [], locks: [], calls: [], error: undefined }));
  private readonly environmentId: string;
  private readonly seesCalls: boolean;
  private readonly abort = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** The log of calls is the owner's. */
  constructor(environmentId: string, seesCalls: boolean) {
    this.environmentId = environmentId;
    this.seesCalls = seesCalls;
  }

  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    const { environmentId, abort: { signal } } = this;
    try {
      const [agents, proposals, sessions, locks, calls] = await Promise.all([
        listAgents(environmentId, signal), listProposals(environmentId, signal), listSessions(environmentId, signal), listLocks(environmentId, signal),
        this.seesCalls ? listCalls(environmentId, CALLS_SHOWN, signal) : [],
      ]);
      this.store.setState({ agents, proposals, sessions: sessions.filter(({ files }) => files.length > 0), locks, calls, error: undefined });
    } catch (error) {
      if (!isAbort(error)) this.store.setState({ error: describeError(error) });
    }
    if (signal.aborted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), REFRESH_MS);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.abort.abort();
  }
}
