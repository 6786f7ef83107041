/** The environments of this server (row A1): rows of the database, each with a document and blobs. */
import type { DatabaseSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import { customAlphabet } from 'nanoid';
import pLimit from 'p-limit';
import * as Y from 'yjs';
import type { Author } from '../../shared/document/author.ts';
import { createTerminated } from './terminated.ts';
import type { TerminatedEnvironment } from './terminated.ts';
import { addBinaryFile, addTextFile } from '../../shared/document/schema.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Logger } from '../logger.ts';
import type { Rooms } from '../rooms/rooms.ts';
import { transaction } from '../storage/database.ts';
import type { Blobs } from './blobs.ts';
import { createTemplates } from './templates.ts';
import type { TemplateFile, Templates } from './templates.ts';

export type Status = 'initializing' | 'running' | 'suspended' | 'stopped';

export interface Environment {
  /** Also the label of its host names; 80 random bits, so that it cannot be guessed. */
  id: string;
  taskId: string;
  agentId: string | undefined;
  template: string;
  status: Status;
  /** Port of the task's front end. */
  port: number;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** When somebody last did something in it, milliseconds since the epoch. */
  usedAt: number;
  draft: boolean;
}

export interface Environments {
  readonly templates: Templates;
  /**
   * A draft: an environment that somebody is about to create, whole but in no list and counted nowhere, so that it can start while they
   * choose its name. Ended after `DRAFT_MS`, and when the server stops.
   */
  draft(template: string, author: Author): Promise<Environment>;
  /** `reservation` is the id of a draft of this template, which becomes the environment; good once (E-TERRARIUM-1010). */
  create(fields: { taskId: string; agentId?: string | undefined; template: string; reservation?: string | undefined; author: Author }): Promise<Environment>;
  /** With these files in place of a template's. */
  createFrom(fields: { taskId: string; agentId?: string | undefined; source: string; port: number; files: TemplateFile[]; author: Author }): Promise<Environment>;
  /** Drafts too. */
  find(id: string): Environment | undefined;
  /** Whether the label is that of an environment, or of a draft. */
  isLabel(label: string): boolean;
  list(): Environment[];
  /** Ends its room, and deletes its document and its blobs; what it was called and who ended it is kept. */
  remove(id: string, author: Author): Promise<void>;
  /** The newest that were terminated. */
  terminated(): TerminatedEnvironment[];
  /** Calls back when one was terminated. */
  onRemoved(listener: (environmentId: string) => void): void;
  /** Calls back when one came to be active, and when one came to be suspended. */
  onActivated(listener: (environmentId: string) => void): void;
  onSuspended(listener: (environmentId: string) => void): void;
  /** It has this status from here on, and was used; being suspended is no use. */
  touch(id: string, status: Status): void;
  /** Somebody did something in it. */
  use(id: string): void;
}

/** Between two notes on the disk that an environment is in use. */
const USED_EVERY_MS = 60_000;

const newId = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 16);
const newFileId = customAlphabet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 16);

/** Somebody reads the templates' descriptions and is called away. */
const DRAFT_MS = 15 * 60 * 1000;
const DRAFTS_AT_ONCE = 20;

interface Row {
  id: string;
  task_id: string;
  agent_id: string | null;
  template: string;
  status: Status;
  port: number;
  created_at: number;
  used_at: number;
  draft: number;
}

export function createEnvironments(options: { database: DatabaseSync; rooms: Rooms; blobs: Blobs; templatesDir: string; logger: Logger; onAwaited?: (environment: Pick<Environment, 'id' | 'template'>) => void }): Environments {
  const { database, rooms, blobs, logger } = options;
  const templates = createTemplates(options.templatesDir, (template, problem) => logger.error('Broken template', { template, problem }));
  const insert = database.prepare('INSERT INTO environments (id, task_id, agent_id, template, status, port, created_at, used_at, draft) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const selectAll = database.prepare('SELECT * FROM environments ORDER BY created_at DESC, id');
  const setStatus = database.prepare('UPDATE environments SET status = ?, used_at = ? WHERE id = ?');
  const terminated = createTerminated(database);
  const claim = database.prepare('UPDATE environments SET task_id = ?, agent_id = ?, created_at = ?, used_at = ?, draft = 0 WHERE id = ?');
  const deleteRow = database.prepare('DELETE FROM environments WHERE id = ?');
  // Asked for with every page that a container host serves.
  const byId = new Map((selectAll.all() as unknown as Row[]).map((row) => [row.id, environmentOf(row)]));
  const noted = new LRUCache<string, number>({ max: 10_000 });
  const activated = new Set<(environmentId: string) => void>();
  /** Each draft with the timer of its end, oldest first. */
  const drafts = new Map<string, NodeJS.Timeout>();

  function expectClaim(id: string): void {
    drafts.set(id, setTimeout(() => void forget(id), DRAFT_MS).unref());
    const [oldest] = drafts.keys();
    if (drafts.size > DRAFTS_AT_ONCE && oldest !== undefined) void forget(oldest);
  }

  /** A draft that nobody claimed: nobody hears that it is gone. */
  async function forget(id: string): Promise<void> {
    clearTimeout(drafts.get(id));
    drafts.delete(id);
    byId.delete(id);
    rooms.remove(id);
    await erase(id);
  }

  async function erase(id: string): Promise<void> {
    rooms.revisions.removeAll(id);
    deleteRow.run(id);
    await blobs.removeAll(id).catch((error: unknown) => logger.warn('Blobs of a draft are left', { id, error: String(error) }));
  }

  // Whoever was choosing when the server stopped chooses again.
  for (const { id, draft } of byId.values()) {
    if (!draft) continue;
    byId.delete(id);
    void erase(id);
  }

  function redeem(reservation: string, template: string, fields: Pick<Environment, 'taskId' | 'agentId'>): Environment {
    const draft = byId.get(reservation);
    if (draft === undefined || !draft.draft || draft.template !== template) throw TerrariumError.of('E-TERRARIUM-1010', { reservation, minutes: DRAFT_MS / 60_000 });
    const now = Date.now();
    clearTimeout(drafts.get(reservation));
    drafts.delete(reservation);
    claim.run(fields.taskId, fields.agentId ?? null, now, now, reservation);
    const environment: Environment = { ...draft, ...fields, createdAt: now, usedAt: now, draft: false };
    byId.set(reservation, environment);
    if (environment.status === 'running') for (const listener of activated) listener(reservation);
    return environment;
  }

  async function add(fields: Omit<Environment, 'status' | 'createdAt' | 'usedAt'>, files: TemplateFile[], author: Author): Promise<Environment> {
    const now = Date.now();
    const environment: Environment = { ...fields, status: 'initializing', createdAt: now, usedAt: now };
    const { id, taskId, agentId, template, status, port, createdAt, draft } = environment;
    const storing = pLimit(8);
    await Promise.all(files.filter(({ text }) => text === undefined).map(({ bytes }) => storing(() => blobs.put(id, bytes))));
    const update = firstContent(files);
    transaction(database, () => {
      insert.run(id, taskId, agentId ?? null, template, status, port, createdAt, createdAt, Number(draft));
      rooms.seed(id, update, author);
    });
    byId.set(id, environment);
    if (draft) expectClaim(id);
    return environment;
  }

  async function addFromTemplate(templateId: string, fields: Pick<Environment, 'taskId' | 'agentId' | 'draft'>, author: Author): Promise<Environment> {
    const template = await templates.get(templateId);
    const environment = await add({ ...fields, id: newId(), template: templateId, port: template.port }, await templates.files(templateId), author);
    options.onAwaited?.(environment);
    return environment;
  }

  const suspended = new Set<(environmentId: string) => void>();
  const removed = new Set<(environmentId: string) => void>();

  return {
    templates,
    onActivated: (listener) => void activated.add(listener),
    onSuspended: (listener) => void suspended.add(listener),
    onRemoved: (listener) => void removed.add(listener),
    draft: (template, author) => addFromTemplate(template, { taskId: '', agentId: undefined, draft: true }, author),
    async create({ taskId, agentId, template, reservation, author }) {
      if (reservation === undefined) return await addFromTemplate(template, { taskId, agentId, draft: false }, author);
      await templates.get(template);
      return redeem(reservation, template, { taskId, agentId });
    },
    createFrom: ({ taskId, agentId, source, port, files, author }) => add({ id: newId(), taskId, agentId, template: source, port, draft: false }, files, author),
    find: (id) => byId.get(id),
    isLabel: (label) => byId.has(label),
    list: () => [...byId.values()].filter(({ draft }) => !draft).sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1)),
    terminated: terminated.list,
    async remove(id, author) {
      const environment = byId.get(id);
      if (environment === undefined) throw TerrariumError.of('E-TERRARIUM-1001', { environmentId: id });
      if (drafts.has(id)) return await forget(id);
      byId.delete(id);
      rooms.remove(id);
      transaction(database, () => {
        deleteRow.run(id);
        terminated.note(environment, author);
      });
      for (const listener of removed) listener(id);
      await blobs.removeAll(id);
    },
    touch(id, status) {
      const environment = byId.get(id);
      if (environment === undefined) return;
      if (environment.status === status) return void (status !== 'suspended' && this.use(id));
      const usedAt = status === 'suspended' ? environment.usedAt : Date.now();
      byId.set(id, { ...environment, status, usedAt });
      setStatus.run(status, usedAt, id);
      if (status === 'suspended') for (const listener of suspended) listener(id);
      if (status === 'running' && !environment.draft) for (const listener of activated) listener(id);
    },
    use(id) {
      const environment = byId.get(id);
      if (environment === undefined) return;
      const now = Date.now();
      environment.usedAt = now;
      if (now - (noted.get(id) ?? 0) < USED_EVERY_MS) return;
      noted.set(id, now);
      setStatus.run(environment.status, now, id);
    },
  };
}

function environmentOf(row: Row): Environment {
  const { id, template, status, port } = row;
  return { id, template, status, port, draft: row.draft === 1, taskId: row.task_id, agentId: row.agent_id ?? undefined, createdAt: row.created_at, usedAt: row.used_at };
}

/** The document of a new environment as one update. */
function firstContent(files: TemplateFile[]): Uint8Array {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const { path, text, sha256, bytes, executable } of files) {
      const mode = executable ? { mode: 0o755 } : {};
      if (text !== undefined) addTextFile(doc, { id: newFileId(), path, content: text, ...mode });
      else addBinaryFile(doc, { id: newFileId(), path, blob: sha256, size: bytes.byteLength, ...mode });
    }
  });
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return update;
}
