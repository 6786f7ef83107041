/** What agents need of this server, put together. */
import type { DatabaseSync } from 'node:sqlite';
import { backendVariables } from '../../shared/backend-variables.ts';
import type { TerrariumConfig } from '../../shared/config/schema.ts';
import type { Judge, PolicyMode } from '../../shared/policy/index.ts';
import type { origins } from '../../shared/hosts.ts';
import type { Activity } from '../activity/activity.ts';
import type { Backends } from '../backends/backends.ts';
import type { Blobs } from '../environments/blobs.ts';
import type { Environments } from '../environments/environments.ts';
import type { PreviewPages } from '../headless/preview-pages.ts';
import type { History } from '../history/history.ts';
import type { HostLinks } from '../host-link/links.ts';
import type { Rooms, WriteGate } from '../rooms/rooms.ts';
import type { Sharing } from '../share/index.ts';
import { createAudit } from './audit.ts';
import type { Audit } from './audit.ts';
import { createBackground } from './background.ts';
import { createCallTool } from './call.ts';
import type { CallTool } from './call.ts';
import { createContainer } from './container.ts';
import { createEditing } from './editing.ts';
import { createCallLimit } from './limits.ts';
import type { CallLimit } from './limits.ts';
import { createLocks } from './locks.ts';
import { createWriteGate } from './write-gate.ts';
import type { Locks } from './locks.ts';
import { createPresence } from './presence.ts';
import { createProposals } from './proposals.ts';
import { createReview } from './review.ts';
import type { Review } from './review.ts';
import { createAgentSessions } from './sessions.ts';
import type { AgentSessions } from './sessions.ts';
import type { AgentTokens } from './tokens.ts';
import { backendHandlers } from './tools/backend.ts';
import { environmentHandlers } from './tools/environments.ts';
import { historyHandlers } from './tools/history.ts';
import { fileHandlers } from './tools/files.ts';
import { pageHandlers } from './tools/page.ts';
import { previewHandlers } from './tools/preview.ts';
import { runHandlers } from './tools/run.ts';
import { shareHandlers } from './tools/shares.ts';

export interface Agents {
  tokens: AgentTokens;
  audit: Audit;
  callLimit: CallLimit;
  limits: TerrariumConfig['agents'];
  sessions: AgentSessions;
  locks: Locks;
  /** Asked before every change of a document. */
  gate: WriteGate;
  review: Review;
  call: CallTool;
  /** An environment is gone. */
  remove(environmentId: string): void;
  /** Takes the agents out of the rooms. */
  close(): void;
}

export interface AgentsOptions {
  tokens: AgentTokens;
  database: DatabaseSync;
  rooms: Rooms;
  blobs: Blobs;
  environments: Environments;
  hosts: HostLinks;
  history: History;
  activity: Activity;
  /** Where callers look at previews. */
  pages: PreviewPages;
  sharing: Sharing;
  backends: Backends;
  policy: { judge: Judge; mode: PolicyMode };
  origins: ReturnType<typeof origins>;
  limits: TerrariumConfig['agents'];
}

export function createAgents({ tokens, database, rooms, blobs, environments, hosts, history, activity, pages, sharing, backends, policy, origins: at, limits }: AgentsOptions): Agents {
  const audit = createAudit(database);
  const callLimit = createCallLimit(limits.calls_per_minute);
  const locks = createLocks(database);
  const proposals = createProposals(database);
  const presence = createPresence(rooms);
  const sessions = createAgentSessions(database, rooms);
  const editing = createEditing({ rooms, blobs, locks, proposals, presence });
  const background = createBackground();
  const container = createContainer({ hosts, rooms, variables: (environmentId) => backendVariables(at.backend(environmentId)) });
  const handlers = {
    ...environmentHandlers({ environments, rooms, tokens, hosts, origins: at, creationsPerHour: limits.creations_per_hour }),
    ...runHandlers({ container, background, rooms, policy }),
    ...previewHandlers({ hosts, activity }),
    ...pageHandlers({ pages, container }),
    ...shareHandlers(sharing),
    ...historyHandlers(history),
    ...backendHandlers({ backends, backendOrigin: at.backend }),
    ...fileHandlers({ rooms, editing, locks, presence, sessions }),
  };
  const review = createReview({ rooms, proposals });
  const call = createCallTool({ environments, agents: { audit, callLimit }, presence, handlers });
  return { tokens, audit, callLimit, limits, sessions, locks, gate: createWriteGate({ locks, tokens }), review, call, remove: background.remove, close: presence.close };
}
