/** What each role may do; the one place that decides. */
import { verbsOfRole } from '../../shared/agents/verbs.ts';
import type { Verb } from '../../shared/agents/verbs.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Environment, Environments } from '../environments/environments.ts';
import { roleIn } from './identities.ts';
import type { Identity, Role } from './identities.ts';

interface Rule {
  roles: readonly Role[];
  /** What an agent must have been granted; without one no agent may. */
  verb?: Verb;
}

const RIGHTS = {
  view: { roles: ['owner', 'editor', 'viewer'], verb: 'environments.read' },
  read: { roles: ['owner', 'editor', 'viewer'], verb: 'files.read' },
  write: { roles: ['owner', 'editor'], verb: 'files.write' },
  /** What people decide about agents. */
  review: { roles: ['owner', 'editor'] },
  /** Variables, secrets and hosts of a backend: no agent's. */
  configure: { roles: ['owner', 'editor'] },
  share: { roles: ['owner'], verb: 'shares.manage' },
  administer: { roles: ['owner'] },
} as const satisfies Record<string, Rule>;
export type Right = keyof typeof RIGHTS;

/** Throws 1400 for a caller without identity. */
export function requireIdentity(identity: Identity | undefined): Identity {
  if (identity === undefined) throw TerrariumError.of('E-TERRARIUM-1400');
  return identity;
}

/** For what belongs to no environment. */
export function requireOwner(identity: Identity | undefined): void {
  const { owner, agent } = requireIdentity(identity);
  if (!owner) throw TerrariumError.of('E-TERRARIUM-1402', { role: agent === undefined ? 'member' : 'agent' });
}

/** The environment, when the caller has this right there. Who has no role there learns not whether it exists. */
export function requireRight(environments: Environments, identity: Identity | undefined, environmentId: string, right: Right): Environment {
  const role = roleIn(requireIdentity(identity), environmentId);
  const environment = environments.find(environmentId);
  if (role === undefined || environment === undefined) throw TerrariumError.of('E-TERRARIUM-1001', { environmentId: environmentId.slice(0, 64) });
  judge(requireIdentity(identity), role, RIGHTS[right]);
  if (right !== 'read' && right !== 'view') environments.use(environmentId);
  return environment;
}

function judge({ agent }: Identity, role: Role, { roles, verb }: Rule): void {
  if (agent === undefined || verb === undefined) {
    if (!roles.includes(role)) throw TerrariumError.of('E-TERRARIUM-1402', { role });
    return;
  }
  if (!agent.verbs.has(verb)) throw TerrariumError.of('E-TERRARIUM-1413', { verb });
  // What an agent only suggests goes through its tools, which keep it as a proposal.
  if (verb === 'files.write' && agent.mode === 'suggest') throw TerrariumError.of('E-TERRARIUM-1416');
}

/** Whether the caller has a verb in an environment: by its role, or by its token's grant. */
export function hasVerb(identity: Identity, environmentId: string, verb: Verb): boolean {
  const role = roleIn(identity, environmentId);
  if (role === undefined) return false;
  return role === 'agent' ? identity.agent?.verbs.has(verb) === true : verbsOfRole(role).includes(verb);
}

/** @throws {TerrariumError} 1001 for no role there, 1402 for a role without the verb, 1413 for a token without it */
export function requireVerb(environments: Environments, identity: Identity | undefined, environmentId: string, verb: Verb): Environment {
  const caller = requireIdentity(identity);
  const role = roleIn(caller, environmentId);
  const environment = environments.find(environmentId);
  if (role === undefined || environment === undefined) throw TerrariumError.of('E-TERRARIUM-1001', { environmentId: environmentId.slice(0, 64) });
  if (hasVerb(caller, environmentId, verb)) return environment;
  throw role === 'agent' ? TerrariumError.of('E-TERRARIUM-1413', { verb }) : TerrariumError.of('E-TERRARIUM-1402', { role });
}
