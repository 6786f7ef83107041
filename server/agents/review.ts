/** People decide proposals of agents (SPEC.md, P1-P6). What is accepted is the agent's change, merged with what others did meanwhile. */
import type * as Y from 'yjs';
import type { AgentProposal, Decision } from '../../shared/agents/review.ts';
import type { Author } from '../../shared/document/author.ts';
import { editText } from '../../shared/document/edit-text.ts';
import { mergeTexts } from '../../shared/document/merge-texts.ts';
import { deleteFile, findByPath, getFile, renameFile } from '../../shared/document/schema.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { checkClash, existing, store } from '../environments/files.ts';
import type { Rooms } from '../rooms/rooms.ts';
import { hunksOf, splitByHunks } from './hunks.ts';
import type { Proposal, Proposals } from './proposals.ts';

export interface Review {
  /** Open ones, oldest first. */
  list(environmentId: string): AgentProposal[];
  /** What remains open of it, null when nothing does. @throws {TerrariumError} 1344, 1345, 1008 */
  decide(environmentId: string, id: string, decision: Decision, by: Author): Promise<AgentProposal | null>;
}

export function createReview({ rooms, proposals }: { rooms: Rooms; proposals: Proposals }): Review {
  const view = (doc: Y.Doc, proposal: Proposal): AgentProposal => {
    const { id, agent, kind, path, toPath, base, proposed, createdAt, updatedAt } = proposal;
    const hunks = kind === 'edit' || kind === 'create' ? hunksOf(base, proposed) : [];
    return { id, agent, kind, path: pathOf(doc, proposal) ?? path, toPath: toPath ?? null, hunks, fits: fits(doc, proposal), createdAt: new Date(createdAt).toISOString(), updatedAt: new Date(updatedAt).toISOString() };
  };

  async function accept(proposal: Proposal, hunks: readonly string[] | undefined, by: Author): Promise<Proposal> {
    const { environmentId, agent, proposed, kind } = proposal;
    const author = { kind: 'agent' as const, id: agent.id, name: agent.name };
    if (kind === 'move' || kind === 'delete') {
      await rooms.change(environmentId, (doc) => (kind === 'move' ? move(doc, proposal) : remove(doc, proposal)), author, by);
      return proposals.update(proposal, { status: 'accepted' });
    }
    const wanted = hunks === undefined ? proposed : split(proposal, hunks).chosen;
    const fileId = await rooms.change(environmentId, (doc) => put(doc, proposal, wanted), author, by);
    return proposals.update(proposal, { base: wanted, fileId, status: wanted === proposed ? 'accepted' : 'open' });
  }

  function reject(proposal: Proposal, hunks: readonly string[] | undefined): Proposal {
    const left = hunks === undefined ? proposal.base : split(proposal, hunks).others;
    return proposals.update(proposal, { proposed: left, status: left === proposal.base ? 'rejected' : 'open' });
  }

  return {
    list: (environmentId) => rooms.read(environmentId, (doc) => proposals.open(environmentId).map((proposal) => view(doc, proposal))),
    async decide(environmentId, id, { accept: accepted, hunks }, by) {
      const proposal = proposals.get(environmentId, id);
      const left = accepted ? await accept(proposal, hunks, by) : reject(proposal, hunks);
      return left.status === 'open' ? rooms.read(environmentId, (doc) => view(doc, left)) : null;
    },
  };
}

function split({ id, base, proposed }: Proposal, hunks: readonly string[]): { chosen: string; others: string } {
  const parts = splitByHunks(base, proposed, hunks);
  if (parts === undefined) throw TerrariumError.of('E-TERRARIUM-1344', { proposal: id });
  return parts;
}

const pathOf = (doc: Y.Doc, { fileId }: Proposal): string | undefined => (fileId === undefined ? undefined : getFile(doc, fileId)?.path);

const noFit = ({ path }: Proposal) => TerrariumError.of('E-TERRARIUM-1345', { path });

function fits(doc: Y.Doc, proposal: Proposal): boolean {
  const { kind, fileId, path, base, proposed } = proposal;
  if (kind === 'create' && fileId === undefined) return findByPath(doc, path) === undefined;
  const file = fileId === undefined ? undefined : getFile(doc, fileId);
  if (file === undefined) return false;
  if (kind === 'move') return true;
  if (file.kind !== 'text') return kind === 'delete';
  return kind === 'delete' ? file.text.toString() === base : mergeTexts(base, proposed, file.text.toString()) !== undefined;
}

/** @returns the id of the file */
function put(doc: Y.Doc, proposal: Proposal, wanted: string): string {
  const { fileId, path, base } = proposal;
  if (fileId === undefined) {
    if (findByPath(doc, path) !== undefined) throw noFit(proposal);
    checkClash(doc, path);
    store(doc, undefined, path, { text: wanted });
    return existing(doc, path).id;
  }
  const file = getFile(doc, fileId);
  const merged = file?.kind === 'text' ? mergeTexts(base, wanted, file.text.toString()) : undefined;
  if (file?.kind !== 'text' || merged === undefined) throw noFit(proposal);
  editText(file.text, merged);
  return fileId;
}

function move(doc: Y.Doc, proposal: Proposal): void {
  const { fileId = '', toPath = '' } = proposal;
  if (getFile(doc, fileId) === undefined) throw noFit(proposal);
  checkClash(doc, toPath, new Set([fileId]));
  renameFile(doc, fileId, toPath);
}

function remove(doc: Y.Doc, proposal: Proposal): void {
  if (!fits(doc, proposal)) throw noFit(proposal);
  deleteFile(doc, proposal.fileId ?? '');
}
