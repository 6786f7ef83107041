/** The one gate of all changes of documents that a caller asks for, whichever tool or route it came by (SPEC.md, L1, P1, H1). */
import type { WriteGate } from '../rooms/rooms.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Locks } from './locks.ts';
import type { AgentTokens } from './tokens.ts';

export function createWriteGate({ locks, tokens }: { locks: Locks; tokens: Pick<AgentTokens, 'modeOf'> }): WriteGate {
  return (environmentId, actor) => {
    if (actor.kind !== 'agent') return undefined;
    // What an agent only suggests is kept as a proposal; nothing of it reaches the document before a person accepts it.
    if (tokens.modeOf(actor.id) === 'suggest') throw TerrariumError.of('E-TERRARIUM-1416');
    if (!locks.bind(environmentId, actor)) return undefined;
    return (touched) => {
      for (const file of touched) locks.check(environmentId, file, actor);
    };
  };
}
