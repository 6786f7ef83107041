/** What agents need of this server, put together. */
import type { DatabaseSync } from 'node:sqlite';
import type { TerrariumConfig } from '../../shared/config/schema.ts';
import { createAudit } from './audit.ts';
import type { Audit } from './audit.ts';
import { createCallLimit } from './limits.ts';
import type { CallLimit } from './limits.ts';
import { createAgentTokens } from './tokens.ts';
import type { AgentTokens } from './tokens.ts';

export interface Agents {
  tokens: AgentTokens;
  audit: Audit;
  callLimit: CallLimit;
  limits: TerrariumConfig['agents'];
}

export function createAgents({ database, limits }: { database: DatabaseSync; limits: TerrariumConfig['agents'] }): Agents {
  return { tokens: createAgentTokens(database), audit: createAudit(database), callLimit: createCallLimit(limits.calls_per_minute), limits };
}
