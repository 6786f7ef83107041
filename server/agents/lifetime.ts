import { TerrariumError } from '../../shared/errors/error.ts';
import type { Agent, AgentTokens } from './tokens.ts';

/** The longest that a timer of Node waits (2^31 - 1 ms). */
const LONGEST_MS = 0x7fffffff;

/** Calls `end` once, when the agent's token is revoked or expires; what is open on it ends then too (SPEC.md, T4). The result stops the watch. */
export function watchAgent(tokens: AgentTokens, agent: Agent, end: (error: TerrariumError) => void): () => void {
  const stop = () => {
    clearTimeout(timer);
    unsubscribe();
  };
  const ended = (error: TerrariumError) => {
    stop();
    end(error);
  };
  const timer = setTimeout(() => ended(TerrariumError.of('E-TERRARIUM-1411')), Math.min(LONGEST_MS, Math.max(0, agent.expiresAt - Date.now()))).unref();
  const unsubscribe = tokens.onRevoked((id) => {
    if (id === agent.id) ended(TerrariumError.of('E-TERRARIUM-1412'));
  });
  return stop;
}
