import type { environmentTools } from '../../../shared/agents/tools/environments.ts';
import { verbsOfRole } from '../../../shared/agents/verbs.ts';
import { listFiles } from '../../../shared/document/schema.ts';
import { TerrariumError } from '../../../shared/errors/error.ts';
import type { origins as originsOf } from '../../../shared/hosts.ts';
import { requireIdentity } from '../../auth/access.ts';
import { roleIn } from '../../auth/identities.ts';
import type { Environment, Environments } from '../../environments/environments.ts';
import type { HostLinks } from '../../host-link/links.ts';
import type { Rooms } from '../../rooms/rooms.ts';
import type { AgentTokens } from '../tokens.ts';
import type { Handlers } from './context.ts';

interface Parts {
  environments: Environments;
  rooms: Rooms;
  tokens: AgentTokens;
  hosts: HostLinks;
  origins: ReturnType<typeof originsOf>;
  creationsPerHour: number;
}

const HOUR = 3_600_000;

export function environmentHandlers({ environments, rooms, tokens, hosts, origins, creationsPerHour }: Parts): Handlers<keyof typeof environmentTools> {
  const view = ({ id, taskId, template, status, port, createdAt }: Environment) => ({ environmentId: id, taskId, template, status, previewUrl: `${origins.preview(id, port)}/`, createdAt: new Date(createdAt).toISOString() });
  return {
    environment_list: (_, { identity }) => ({ environments: environments.list().filter(({ id }) => roleIn(identity, id) !== undefined).map(view) }),
    async environment_create({ taskId, template }, { identity, author }) {
      const { agent } = requireIdentity(identity);
      if (agent !== undefined && tokens.creationsSince(agent.id, Date.now() - HOUR) >= creationsPerHour) throw TerrariumError.of('E-TERRARIUM-1410', { limit: creationsPerHour, span: 'an hour', seconds: 600 });
      const environment = await environments.create({ taskId, template, agentId: agent?.name, author });
      if (agent !== undefined) tokens.adopt(agent.id, environment.id);
      return { environment: view(environment) };
    },
    environment_status(_, { environment, identity }) {
      const role = roleIn(identity, environment.id) ?? 'viewer';
      const host = hosts.of(environment.id);
      return {
        environment: view(environment),
        files: rooms.read(environment.id, (doc) => listFiles(doc).length),
        connections: rooms.connections(environment.id),
        agents: tokens.list(environment.id).filter(({ revokedAt, expiresAt }) => revokedAt === undefined && expiresAt > Date.now()).map(({ id, name, mode }) => ({ id, name, mode })),
        host: host === undefined ? null : { kind: host.kind, epoch: host.epoch },
        you: { role, verbs: role === 'agent' ? [...(identity.agent?.verbs ?? [])] : [...verbsOfRole(role)], mode: identity.agent?.mode ?? 'edit' },
      };
    },
  };
}
