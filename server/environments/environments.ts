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
}

export interface Environments {
  readonly templates: Templates;
  /**
   * An id that nobody else gets, for an environment that somebody is about to create: its host names answer as an environment's, so that its
   * container can boot meanwhile. Given up after `RESERVED_MS`.
   */
  reserve(template: string): Promise<string>;
  /** `reservation` is an id of `reserve`, good once (E-TERRARIUM-1010). */
  create(fields: { taskId: string; agentId?: string | undefined; template: string; reservation?: string | undefined; author: Author }): Promise<Environment>;
  /** With these files in place of a template's. */
  createFrom(fields: { taskId: string; agentId?: string | undefined; source: string; port: number; files: TemplateFile[]; author: Author }): Promise<Environment>;
  find(id: string): Environment | undefined;
  /** Whether the label is that of an environment, or reserved for one. */
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
const RESERVED_MS = 15 * 60 * 1000;
const RESERVED_AT_ONCE = 200;

interface Row {
  id: string;
  task_id: string;
  agent_id: string | null;
  template: string;
  status: Status;
  port: number;
  created_at: number;
  used_at: number;
}

export function createEnvironments(options: { database: DatabaseSync; rooms: Rooms; blobs: Blobs; templatesDir: string; logger: Logger; onAwaited?: (environment: Pick<Environment, 'id' | 'template'>) => void }): Environments {
  const { database, rooms, blobs, logger } = options;
  const templates = createTemplates(options.templatesDir, (template, problem) => logger.error('Broken template', { template, problem }));
  const insert = database.prepare('INSERT INTO environments (id, task_id, agent_id, template, status, port, created_at, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const selectAll = database.prepare('SELECT * FROM environments ORDER BY created_at DESC, id');
  const setStatus = database.prepare('UPDATE environments SET status = ?, used_at = ? WHERE id = ?');
  const terminated = createTerminated(database);
  const deleteRow = database.prepare('DELETE FROM environments WHERE id = ?');
  // Asked for with every page that a container host serves.
  const byId = new Map((selectAll.all() as unknown as Row[]).map((row) => [row.id, environmentOf(row)]));
  const noted = new LRUCache<string, number>({ max: 10_000 });
  const reserved = new LRUCache<string, true>({ max: RESERVED_AT_ONCE, ttl: RESERVED_MS });
  const redeem = (reservation: string): string => {
    if (!reserved.delete(reservation)) throw TerrariumError.of('E-TERRARIUM-1010', { reservation, minutes: RESERVED_MS / 60_000 });
    return reservation;
  };

  async function add(fields: Omit<Environment, 'status' | 'createdAt' | 'usedAt'>, files: TemplateFile[], author: Author): Promise<Environment> {
    const now = Date.now();
    const environment: Environment = { ...fields, status: 'initializing', createdAt: now, usedAt: now };
    const { id, taskId, agentId, template, status, port, createdAt } = environment;
    const storing = pLimit(8);
    await Promise.all(files.filter(({ text }) => text === undefined).map(({ bytes }) => storing(() => blobs.put(id, bytes))));
    const update = firstContent(files);
    transaction(database, () => {
      insert.run(id, taskId, agentId ?? null, template, status, port, createdAt, createdAt);
      rooms.seed(id, update, author);
    });
    byId.set(id, environment);
    return environment;
  }

  const activated = new Set<(environmentId: string) => void>();
  const suspended = new Set<(environmentId: string) => void>();
  const removed = new Set<(environmentId: string) => void>();

  return {
    templates,
    onActivated: (listener) => void activated.add(listener),
    onSuspended: (listener) => void suspended.add(listener),
    onRemoved: (listener) => void removed.add(listener),
    async reserve(templateId) {
      await templates.get(templateId);
      const id = newId();
      reserved.set(id, true);
      options.onAwaited?.({ id, template: templateId });
      return id;
    },
    async create({ taskId, agentId, template: templateId, reservation, author }) {
      const template = await templates.get(templateId);
      const files = await templates.files(templateId);
      const environment = await add({ id: reservation === undefined ? newId() : redeem(reservation), taskId, agentId, template: templateId, port: template.port }, files, author);
      options.onAwaited?.(environment);
      return environment;
    },
    createFrom: ({ taskId, agentId, source, port, files, author }) => add({ id: newId(), taskId, agentId, template: source, port }, files, author),
    find: (id) => byId.get(id),
    isLabel: (label) => byId.has(label) || reserved.has(label),
    list: () => [...byId.values()].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1)),
    terminated: terminated.list,
    async remove(id, author) {
      const environment = byId.get(id);
      if (environment === undefined) throw TerrariumError.of('E-TERRARIUM-1001', { environmentId: id });
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
      if (status === 'running') for (const listener of activated) listener(id);
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
  return { id, template, status, port, taskId: row.task_id, agentId: row.agent_id ?? undefined, createdAt: row.created_at, usedAt: row.used_at };
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
