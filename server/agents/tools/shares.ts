import type { shareTools } from '../../../shared/agents/tools/shares.ts';
import type { Sharing } from '../../share/index.ts';
import { stateOf } from '../../share/shares.ts';
import type { Share } from '../../share/store.ts';
import type { Handlers } from './context.ts';

/** Links of an agent give the preview alone: a membership would be a person without a name. */
export function shareHandlers(sharing: Sharing): Handlers<keyof typeof shareTools> {
  const { shares } = sharing;
  const view = (share: Share) => ({
    shareId: share.id,
    urls: sharing.urls(share),
    role: share.role,
    hasPassword: share.password !== undefined,
    state: stateOf(share),
    expiresAt: share.expiresAt === undefined ? null : new Date(share.expiresAt).toISOString(),
    viewers: shares.viewers.list(share.id).length,
  });
  return {
    share_list: (_, { environment }) => ({ shares: shares.list(environment.id).map(view) }),
    async share_create({ minutes, ...wanted }, { environment }) {
      const share = await shares.create(environment.id, { ...wanted, role: 'viewer', expiresAt: minutes === undefined ? undefined : Date.now() + minutes * 60_000 });
      await sharing.ready(share);
      return { share: view(share) };
    },
    share_revoke({ shareId }, { environment }) {
      shares.revoke(environment.id, shareId);
      return {};
    },
  };
}
