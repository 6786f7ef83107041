import picomatch from 'picomatch';
import type { fileTools } from '../../../shared/agents/tools/files.ts';
import { findByPath, listFiles } from '../../../shared/document/schema.ts';
import { TerrariumError } from '../../../shared/errors/error.ts';
import { MAX_FILE_BYTES } from '../../environments/content.ts';
import { existing, infoOf, printable } from '../../environments/files.ts';
import type { Rooms } from '../../rooms/rooms.ts';
import type { Editing } from '../editing.ts';
import type { Locks } from '../locks.ts';
import { applyDiff, replaceAll } from '../patch.ts';
import type { Presence } from '../presence.ts';
import { searchFiles } from '../search.ts';
import type { AgentSessions } from '../sessions.ts';
import type { Handlers, ToolContext } from './context.ts';

/** Of one answer; more is read line by line. */
const MAX_READ = 256 * 1024;
const MINUTE = 60_000;

interface Parts {
  rooms: Rooms;
  editing: Editing;
  locks: Locks;
  presence: Presence;
  sessions: AgentSessions;
}

export function fileHandlers({ rooms, editing, locks, presence, sessions }: Parts): Handlers<keyof typeof fileTools> {
  const fileAt = ({ environment }: ToolContext, path: string) => rooms.read(environment.id, (doc) => existing(doc, path));
  return {
    file_list({ glob, limit }, { environment }) {
      const matches = matcherOf(glob);
      const files = rooms.read(environment.id, (doc) => listFiles(doc).filter(({ path }) => matches(path)).map(infoOf));
      return { files: files.slice(0, limit).map(({ path, kind, size, revision }) => ({ path, kind, size, revision })), total: files.length };
    },
    file_read({ path, from, to }, { editor, environment }) {
      const { text, revision, proposed, fileId } = editing.view(editor, path);
      const lock = fileId === undefined ? undefined : locks.of(environment.id, fileId);
      if (editor.agent !== undefined && fileId !== undefined) presence.look(environment.id, editor.agent, fileId);
      return { path, revision, proposed, lockedBy: lock?.holder.name ?? null, ...linesOf(text, from, to) };
    },
    file_search: ({ glob, ...query }, { environment, signal }) => {
      const matches = matcherOf(glob);
      const files = rooms.read(environment.id, (doc) => listFiles(doc).flatMap((file) => (file.kind === 'text' && matches(file.path) ? [{ path: file.path, text: file.text.toString() }] : [])));
      return searchFiles(files, query, signal);
    },
    file_write: ({ path, text, base64, revision, create }, { editor }) => editing.write(editor, path, bytesOf(text, base64), { revision, create }),
    async file_patch({ path, edits, diff, revision }, { editor }) {
      if ((edits === undefined) === (diff === undefined)) throw TerrariumError.of('E-TERRARIUM-1101', { problems: 'send either "edits" or "diff"' });
      let applied = 0;
      const changed = await editing.rewrite(editor, path, revision, (text) => {
        const result = edits === undefined ? applyDiff(text, diff ?? '') : replaceAll(text, edits);
        if ('conflicts' in result) throw TerrariumError.of('E-TERRARIUM-1341', { path: printable(path), conflicts: result.conflicts.join('; ').slice(0, 4000) });
        applied = result.applied;
        return result.text;
      });
      return { ...changed, applied };
    },
    file_move: async ({ path, to }, { editor }) => ({ moved: await editing.move(editor, path, to) }),
    file_delete: async ({ path, recursive, revision }, { editor }) => ({ deleted: await editing.remove(editor, path, { recursive, revision }) }),
    file_lock({ path, reason, minutes }, context) {
      const lock = locks.take(context.environment.id, fileAt(context, path), context.author, reason, minutes * MINUTE);
      return { path, expiresAt: new Date(lock.expiresAt ?? 0).toISOString() };
    },
    file_unlock: ({ path }, context) => ({ path, released: locks.release(context.environment.id, fileAt(context, path), context.author) }),
    async session_undo({ path }, { environment, author }) {
      const fileId = path === undefined ? undefined : rooms.read(environment.id, (doc) => findByPath(doc, path)?.id);
      return { files: await sessions.undoOwn(environment.id, author, path === undefined ? undefined : { path, id: fileId }) };
    },
  };
}

function matcherOf(glob: string | undefined): (path: string) => boolean {
  return glob === undefined ? () => true : picomatch(glob, { dot: true });
}

function linesOf(text: string, from = 1, to = Infinity): { text: string; from: number; to: number; lines: number; truncated: boolean } {
  const all = text.split('\n');
  const last = Math.min(to, all.length);
  let taken = all.slice(from - 1, last).join('\n');
  // A last line that is whole ends as it ends in the file.
  if (from <= last && last < all.length) taken += '\n';
  const truncated = taken.length > MAX_READ;
  const shown = truncated ? taken.slice(0, MAX_READ) : taken;
  return { text: shown, from, to: truncated ? from + shown.split('\n').length - 1 : last, lines: all.length, truncated };
}

function bytesOf(text: string | undefined, base64: string | undefined): Uint8Array {
  if ((text === undefined) === (base64 === undefined)) throw TerrariumError.of('E-TERRARIUM-1101', { problems: 'send either "text" or "base64"' });
  // A lone surrogate has no UTF-8 (WHATWG Encoding, 8.1).
  const bytes = text === undefined ? Buffer.from(base64 ?? '', 'base64') : new TextEncoder().encode(text);
  if (bytes.byteLength > MAX_FILE_BYTES) throw TerrariumError.of('E-TERRARIUM-1140', { limit: MAX_FILE_BYTES });
  return bytes;
}
