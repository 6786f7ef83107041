import type { historyTools } from '../../../shared/agents/tools/history.ts';
import { getFile } from '../../../shared/document/schema.ts';
import { TerrariumError } from '../../../shared/errors/error.ts';
import type { FileChange, History } from '../../history/history.ts';
import type { Rooms } from '../../rooms/rooms.ts';
import type { Locks } from '../locks.ts';
import type { Handlers, ToolContext } from './context.ts';

const FILES_SHOWN = 50;

export function historyHandlers({ history, locks, rooms }: { history: History; locks: Locks; rooms: Rooms }): Handlers<keyof typeof historyTools> {
  /** What an agent only suggests, and what others hold, it does not restore either. */
  function checkMayRestore({ environment, author, editor }: ToolContext, paths: readonly string[] | undefined): void {
    if (editor.agent?.mode === 'suggest') throw TerrariumError.of('E-TERRARIUM-1416');
    for (const { fileId } of locks.list(environment.id)) {
      const path = rooms.read(environment.id, (doc) => getFile(doc, fileId)?.path);
      if (path !== undefined && (paths === undefined || paths.includes(path))) locks.check(environment.id, { id: fileId, path }, author);
    }
  }
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
    async history_restore({ revision, paths }, context) {
      checkMayRestore(context, paths);
      return history.restore(context.environment.id, revision, paths, context.author);
    },
    async history_checkpoint({ name }, { environment, author }) {
      return { revision: (await history.checkpoint(environment.id, name, author)).revision };
    },
  };
}

const view = ({ path, change, from }: FileChange) => ({ path, change, from: from ?? null });
