/** Tools about the files of an environment: its document, which people edit at the same time. */
import * as z from 'zod';
import { tool } from './tool.ts';

const path = z.string().min(1).max(1024).describe('Relative to the project, with "/", such as src/main.tsx');
const revision = z.string().max(64).describe('Revision that you have read: if the file has another, nothing is changed (1005)');
const glob = z.string().min(1).max(500).describe('Such as src/**/*.ts');
const changed = z.object({ path: z.string(), revision: z.string(), proposal: z.string().optional().describe('Set when your changes are suggestions: the proposal that a person decides') });

const file = z.object({ path: z.string(), kind: z.enum(['text', 'binary']), size: z.number().int(), revision: z.string() });

export const MAX_EDITS = 200;
const edit = z.strictObject({
  old: z.string().min(1).describe('Text that is there, with enough around it to occur once'),
  new: z.string().describe('What it becomes'),
  all: z.boolean().default(false).describe('Replace every occurrence'),
});

export const fileTools = {
  file_list: tool('reads', {
    title: 'List files',
    description: 'Files of the project by path. node_modules and build output are in the container only.',
    verb: 'files.read',
    input: z.strictObject({ glob: glob.optional(), limit: z.number().int().min(1).max(5000).default(1000) }),
    output: z.object({ files: z.array(file), total: z.number().int() }),
  }),
  file_read: tool('reads', {
    title: 'Read a file',
    description: 'Text of a file, or some of its lines. A file that you have proposed to change is shown as you proposed it.',
    verb: 'files.read',
    input: z.strictObject({ path, from: z.number().int().min(1).optional().describe('First line, from 1'), to: z.number().int().min(1).optional().describe('Last line') }),
    output: z.object({
      path: z.string(),
      revision: z.string(),
      text: z.string(),
      from: z.number().int(),
      to: z.number().int(),
      lines: z.number().int().describe('Of the whole file'),
      truncated: z.boolean().describe('More than 256 KiB: ask for lines'),
      proposed: z.boolean(),
      lockedBy: z.string().nullable(),
    }),
  }),
  file_search: tool('reads', {
    title: 'Search in files',
    description: 'Lines that contain a text or match a regular expression of RE2 (no back-references, no look-around).',
    verb: 'files.read',
    input: z.strictObject({
      pattern: z.string().min(1).max(1000),
      regex: z.boolean().default(false),
      caseSensitive: z.boolean().default(false),
      glob: glob.optional(),
      context: z.number().int().min(0).max(10).default(0).describe('Lines around each match'),
      limit: z.number().int().min(1).max(1000).default(200),
    }),
    output: z.object({
      matches: z.array(z.object({ path: z.string(), line: z.number().int(), column: z.number().int(), text: z.string(), before: z.array(z.string()), after: z.array(z.string()) })),
      truncated: z.boolean().describe('There are more, or the time was over'),
    }),
  }),
  file_write: tool('destroys', {
    title: 'Write a file',
    description: 'Makes a file what you send; only what differs is changed, so that others’ cursors stay. For changes of a file that is there prefer file_patch.',
    verb: 'files.write',
    idempotent: true,
    input: z.strictObject({
      path,
      text: z.string().optional(),
      base64: z.string().optional().describe('Instead of text: bytes of a binary file'),
      revision: revision.optional(),
      create: z.boolean().default(false).describe('Refuse (1005) when the file is there already'),
    }),
    output: changed.extend({ created: z.boolean() }),
  }),
  file_patch: tool('destroys', {
    title: 'Change parts of a file',
    description: 'Either edits, each an exact text and what it becomes, or one unified diff whose context must be there (line numbers may be off). All of it or nothing: what does not fit is reported with the lines that are there (1341).',
    verb: 'files.write',
    input: z.strictObject({ path, edits: z.array(edit).min(1).max(MAX_EDITS).optional(), diff: z.string().max(1024 * 1024).optional(), revision: revision.optional() }),
    output: changed.extend({ applied: z.number().int().describe('Places that were changed') }),
  }),
  file_move: tool('writes', {
    title: 'Move or rename',
    description: 'Gives a file, or all files below a folder, another path; what others type into them goes on.',
    verb: 'files.write',
    input: z.strictObject({ path, to: path }),
    output: z.object({ moved: z.array(z.object({ from: z.string(), to: z.string(), proposal: z.string().optional() })) }),
  }),
  file_delete: tool('destroys', {
    title: 'Delete files',
    description: 'Deletes a file, or with "recursive" all files below a folder. session_undo brings back what you deleted.',
    verb: 'files.write',
    input: z.strictObject({ path, recursive: z.boolean().default(false), revision: revision.optional() }),
    output: z.object({ deleted: z.array(z.object({ path: z.string(), proposal: z.string().optional() })) }),
  }),
  file_lock: tool('writes', {
    title: 'Lock a file',
    description: 'Keeps other agents from changing a file while you work on it; people are told, not hindered.',
    verb: 'files.write',
    idempotent: true,
    input: z.strictObject({ path, reason: z.string().trim().min(1).max(200), minutes: z.number().int().min(1).max(24 * 60).default(10) }),
    output: z.object({ path: z.string(), expiresAt: z.string() }),
  }),
  file_unlock: tool('writes', {
    title: 'Release a lock',
    description: 'Releases your lock of a file.',
    verb: 'files.write',
    idempotent: true,
    input: z.strictObject({ path }),
    output: z.object({ path: z.string(), released: z.boolean() }),
  }),
  session_undo: tool('destroys', {
    title: 'Undo your session',
    description: 'Takes back what you changed in your session, as a whole or in one file. What others changed since stays.',
    verb: 'files.write',
    idempotent: true,
    input: z.strictObject({ path: path.optional() }),
    output: z.object({ files: z.array(z.object({ path: z.string(), result: z.enum(['undone', 'partly', 'nothing left']) })) }),
  }),
};
