import type { historyTools } from '../../../shared/agents/tools/history.ts';
import type { FileChange, History } from '../../history/history.ts';
import type { Handlers } from './context.ts';

const FILES_SHOWN = 50;

export function historyHandlers(history: History): Handlers<keyof typeof historyTools> {
  return {
    async history_list({ before, limit, path }, { environment }) {
      const { revisions, next } = await history.list(environment.id, { before, limit, path });
      return {
        next: next ?? null,
        steps: revisions.map(({ revision, at, authors, kind, name, files }) => ({
          revision, kind, at: new Date(at).toISOString(), name: name ?? null, authors: authors.map((author) => ({ kind: author.kind, name: author.name })), files: files.slice(0, FILES_SHOWN).map(view),
        })),
      };
    },
    history_diff({ revision }, { environment }) {
      return { files: history.diff(environment.id, revision).map((file) => ({ ...view(file), patch: file.patch ?? null })) };
    },
    history_restore: ({ revision, paths }, { environment, author }) => history.restore(environment.id, revision, paths, author),
    async history_checkpoint({ name }, { environment, author }) {
      return { revision: (await history.checkpoint(environment.id, name, author)).revision };
    },
  };
}

const view = ({ path, change, from }: FileChange) => ({ path, change, from: from ?? null });
