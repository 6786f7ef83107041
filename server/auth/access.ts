/** What each role may do; the one place that decides. */
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Environment, Environments } from '../environments/environments.ts';
import { roleIn } from './identities.ts';
import type { Identity, Role } from './identities.ts';

const RIGHTS = {
  read: ['owner', 'editor', 'viewer'],
  write: ['owner', 'editor'],
  administer: ['owner'],
} as const satisfies Record<string, readonly Role[]>;
export type Right = keyof typeof RIGHTS;

/** Throws 1400 for a caller without identity. */
export function requireIdentity(identity: Identity | undefined): Identity {
  if (identity === undefined) throw TerrariumError.of('E-TERRARIUM-1400');
  return identity;
}

/** For what belongs to no environment. */
export function requireOwner(identity: Identity | undefined): void {
  if (!requireIdentity(identity).owner) throw TerrariumError.of('E-TERRARIUM-1402', { role: 'member' });
}

/** The environment, when the caller has this right there. Who has no role there learns not whether it exists. */
export function requireRight(environments: Environments, identity: Identity | undefined, environmentId: string, right: Right): Environment {
  const role = roleIn(requireIdentity(identity), environmentId);
  const environment = environments.find(environmentId);
  if (role === undefined || environment === undefined) throw TerrariumError.of('E-TERRARIUM-1001', { environmentId: environmentId.slice(0, 64) });
  const allowed: readonly Role[] = RIGHTS[right];
  if (!allowed.includes(role)) throw TerrariumError.of('E-TERRARIUM-1402', { role });
  return environment;
}
