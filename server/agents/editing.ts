/** Changes of files by a tool: at once with their author, or as a proposal (SPEC.md, F1-F6, P1). */
import type * as Y from 'yjs';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Author } from '../../shared/document/author.ts';
import { textEdits } from '../../shared/document/edit-text.ts';
import { deleteFile, findByPath, listFiles, renameFile } from '../../shared/document/schema.ts';
import type { DocumentFile } from '../../shared/document/schema.ts';
import type { Blobs } from '../environments/blobs.ts';
import { decodeText, MAX_FILE_BYTES, revisionOf, revisionOfContent } from '../environments/content.ts';
import { checkClash, checkPath, existing, printable, store } from '../environments/files.ts';
import type { Content } from '../environments/files.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { Locks } from './locks.ts';
import type { Presence } from './presence.ts';
import type { Proposals } from './proposals.ts';
import type { Agent } from './tokens.ts';

/** Who edits where. */
export interface Editor {
  environmentId: string;
  author: Author;
  agent: Agent | undefined;
}

export interface Changed {
  path: string;
  revision: string;
  proposal?: string;
}

export interface TextView {
  text: string;
  revision: string;
  proposed: boolean;
  fileId: string | undefined;
}

export interface Editing {
  /** A text as this editor sees it: with its own open proposal. @throws {TerrariumError} 1003, 1349 */
  view(editor: Editor, path: string): TextView;
  write(editor: Editor, path: string, bytes: Uint8Array, condition: { revision?: string | undefined; create?: boolean }): Promise<Changed & { created: boolean }>;
  /** `change` makes the new text of the one that the editor sees. */
  rewrite(editor: Editor, path: string, revision: string | undefined, change: (text: string) => string): Promise<Changed>;
  move(editor: Editor, path: string, to: string): Promise<{ from: string; to: string; proposal?: string }[]>;
  remove(editor: Editor, path: string, options: { recursive: boolean; revision: string | undefined }): Promise<{ path: string; proposal?: string }[]>;
}

interface Parts {
  rooms: Rooms;
  blobs: Blobs;
  locks: Locks;
  proposals: Proposals;
  presence: Presence;
}

export function createEditing({ rooms, blobs, locks, proposals, presence }: Parts): Editing {
  const suggests = (editor: Editor): Agent | undefined => (editor.agent?.mode === 'suggest' ? editor.agent : undefined);
  const proposer = ({ id, name, color }: Agent) => ({ id, name, colour: color });

  function view(editor: Editor, path: string): TextView {
    return rooms.read(editor.environmentId, (doc) => {
      checkPath(path);
      const file = findByPath(doc, path);
      const proposal = editor.agent && proposals.openText(editor.environmentId, editor.agent.id, { id: file?.id, path });
      if (proposal !== undefined) return { text: proposal.proposed, revision: revisionOfContent('text', file?.mode, proposal.proposed), proposed: true, fileId: file?.id };
      const found = existing(doc, path);
      if (found.kind !== 'text') throw TerrariumError.of('E-TERRARIUM-1349', { path: printable(path), environment: editor.environmentId });
      return { text: found.text.toString(), revision: revisionOf(found), proposed: false, fileId: found.id };
    });
  }

  /** Puts the agent's cursor behind the last place that differs. */
  function show(editor: Editor, file: DocumentFile | undefined, before: string): void {
    if (editor.agent === undefined || file?.kind !== 'text') return;
    const after = file.text.toString();
    const last = textEdits(after, before).at(-1);
    presence.look(editor.environmentId, editor.agent, file.id, { text: file.text, anchor: last?.end ?? 0, head: last?.end ?? 0 });
  }

  function suggestText(editor: Editor, agent: Agent, path: string, text: string): Changed & { created: boolean } {
    return rooms.read(editor.environmentId, (doc) => {
      const file = findByPath(doc, path);
      if (file === undefined) checkClash(doc, path);
      if (file?.kind === 'binary') throw TerrariumError.of('E-TERRARIUM-1349', { path: printable(path), environment: editor.environmentId });
      const fields = { environmentId: editor.environmentId, agent: proposer(agent), path, fileId: file?.id, toPath: undefined, proposed: text };
      const proposal = proposals.propose({ ...fields, kind: file === undefined ? 'create' : 'edit', base: file?.text.toString() ?? '' });
      if (file !== undefined) presence.look(editor.environmentId, agent, file.id);
      return { path, revision: revisionOfContent('text', file?.mode, text), proposal: proposal.id, created: file === undefined };
    });
  }

  async function put(editor: Editor, path: string, content: Content, check: (file: DocumentFile | undefined) => void): Promise<Changed & { created: boolean }> {
    const { file: changed, before: was, ...done } = await rooms.change(editor.environmentId, (doc) => {
      const file = findByPath(doc, path);
      check(file);
      if (file === undefined) checkClash(doc, path);
      const before = file?.kind === 'text' ? file.text.toString() : '';
      store(doc, file, path, content);
      const result = existing(doc, path);
      return { path, revision: revisionOf(result), created: file === undefined, file: result, before };
    }, editor.author);
    show(editor, changed, was);
    return done;
  }

  return {
    view,
    async write(editor, path, bytes, { revision, create = false }) {
      checkPath(path);
      if (bytes.byteLength > MAX_FILE_BYTES) throw TerrariumError.of('E-TERRARIUM-1140', { limit: MAX_FILE_BYTES });
      const text = decodeText(bytes);
      const agent = suggests(editor);
      const check = (file: DocumentFile | undefined, seen = file && revisionOf(file)) => {
        if ((create && seen !== undefined) || (revision !== undefined && seen !== revision)) throw TerrariumError.of('E-TERRARIUM-1005', { path: printable(path), revision: seen ?? '(none)' });
      };
      if (agent !== undefined) {
        if (text === undefined) throw TerrariumError.of('E-TERRARIUM-1349', { path: printable(path), environment: editor.environmentId });
        const [file, proposed] = rooms.read(editor.environmentId, (doc) => {
          const found = findByPath(doc, path);
          return [found, proposals.openText(editor.environmentId, agent.id, { id: found?.id, path })] as const;
        });
        check(file, proposed === undefined ? undefined : revisionOfContent('text', file?.mode, proposed.proposed));
        return suggestText(editor, agent, path, text);
      }
      // Refused before its bytes are stored, so that nothing is left behind.
      rooms.read(editor.environmentId, (doc) => check(findByPath(doc, path)));
      const content = text === undefined ? { blob: await blobs.put(editor.environmentId, bytes), size: bytes.byteLength } : { text };
      return put(editor, path, content, check);
    },
    async rewrite(editor, path, revision, change) {
      const seen = view(editor, path);
      if (revision !== undefined && revision !== seen.revision) throw TerrariumError.of('E-TERRARIUM-1005', { path: printable(path), revision: seen.revision });
      const text = change(seen.text);
      const agent = suggests(editor);
      // Between reading and changing nothing else runs: `rooms.change` takes the document in this same turn.
      const { created: _, ...changed } = agent === undefined ? await put(editor, path, { text }, () => undefined) : suggestText(editor, agent, path, text);
      return changed;
    },
    async move(editor, path, to) {
      const agent = suggests(editor);
      const plan = (doc: Y.Doc) => {
        checkPath(path);
        checkPath(to);
        const moves = filesAt(doc, path).map((file) => ({ file, to: to + file.path.slice(path.length) }));
        const ids = new Set(moves.map(({ file }) => file.id));
        for (const move of moves) {
          locks.check(editor.environmentId, move.file, editor.author);
          checkPath(move.to);
          checkClash(doc, move.to, ids);
        }
        return moves;
      };
      if (agent !== undefined) {
        return rooms.read(editor.environmentId, plan).map(({ file, to: toPath }) => {
          const proposal = proposals.propose({ environmentId: editor.environmentId, agent: proposer(agent), kind: 'move', path: file.path, fileId: file.id, toPath, base: '', proposed: '' });
          return { from: file.path, to: toPath, proposal: proposal.id };
        });
      }
      return rooms.change(editor.environmentId, (doc) => {
        const moves = plan(doc);
        for (const { file, to: toPath } of moves) renameFile(doc, file.id, toPath);
        return moves.map(({ file, to: toPath }) => ({ from: file.path, to: toPath }));
      }, editor.author);
    },
    async remove(editor, path, { recursive, revision }) {
      const agent = suggests(editor);
      const plan = (doc: Y.Doc) => {
        checkPath(path);
        const found = recursive ? filesAt(doc, path) : [existing(doc, path)];
        const [only] = found;
        if (revision !== undefined && only !== undefined && (found.length > 1 || revisionOf(only) !== revision)) throw TerrariumError.of('E-TERRARIUM-1005', { path: printable(path), revision: revisionOf(only) });
        for (const file of found) locks.check(editor.environmentId, file, editor.author);
        return found;
      };
      if (agent !== undefined) {
        return rooms.read(editor.environmentId, plan).map((file) => {
          const base = file.kind === 'text' ? file.text.toString() : '';
          const proposal = proposals.propose({ environmentId: editor.environmentId, agent: proposer(agent), kind: 'delete', path: file.path, fileId: file.id, toPath: undefined, base, proposed: '' });
          return { path: file.path, proposal: proposal.id };
        });
      }
      return rooms.change(editor.environmentId, (doc) => {
        const found = plan(doc);
        for (const file of found) deleteFile(doc, file.id);
        return found.map((file) => ({ path: file.path }));
      }, editor.author);
    },
  };
}

/** The file, or all files below the folder. @throws {TerrariumError} 1003 */
export function filesAt(doc: Y.Doc, path: string): DocumentFile[] {
  const found = listFiles(doc).filter((file) => file.path === path || file.path.startsWith(`${path}/`));
  if (found.length === 0) throw TerrariumError.of('E-TERRARIUM-1003', { path: printable(path) });
  return found;
}
