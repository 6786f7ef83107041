/**
 * Trees of files as values, as @webcontainer/api sends and receives them and @webcontainer/snapshot makes them:
 *
 *     tree := { d: { name: tree | { f: { c: contents, b?: true } } | { f: { l: target } } } }
 *
 * Contents are text (with `b`, one byte for each UTF-16 unit) in JSON, bytes in a snapshot (MessagePack).
 */
import { decode, encode } from '@msgpack/msgpack';
import { zipSync } from 'fflate';
import picomatch from 'picomatch';
import { SysError } from '../../abi/errno.ts';
import { O_CREAT, O_TRUNC, O_WRONLY } from './constants.ts';
import type { Disk, PathBase } from './disk.ts';
import { DirectoryInode, entriesOf, FileInode, SymlinkInode, type Inode } from './inode.ts';
import { mkdirp, symlink, unlink } from './names.ts';
import { copyOf, writeWhole } from './whole-files.ts';

export interface FileEntry {
  f: { c: string | Uint8Array; b?: boolean } | { l: string };
}
export interface DirectoryEntry {
  d: Record<string, FileEntry | DirectoryEntry>;
}

export interface SerializeOptions {
  readonly format?: 'json' | 'binary' | 'zip';
  /** Globs, relative to what is serialized: what of the excluded comes along nevertheless. */
  readonly includes?: readonly string[];
  /** Globs of what stays out. */
  readonly excludes?: readonly string[];
}

const OPEN_BRACE = 0x7b;
const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a tree from JSON or a snapshot. @throws {TypeError} */
export function parseTree(payload: Uint8Array): DirectoryEntry {
  let tree: unknown;
  try {
    tree = payload[0] === OPEN_BRACE ? JSON.parse(strict.decode(payload)) : decode(payload);
  } catch (error) {
    throw new TypeError('Neither a file tree nor a snapshot.', { cause: error });
  }
  checkTree(tree);
  return tree;
}

function checkTree(tree: unknown): asserts tree is DirectoryEntry {
  if (!isRecord(tree) || !isRecord(tree['d'])) throw new TypeError('A file tree must begin with a directory.');
  for (const [name, entry] of Object.entries(tree['d'])) {
    if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) throw new TypeError(`Not a file name: ${JSON.stringify(name)}`);
    if (isRecord(entry) && 'd' in entry) checkTree(entry);
    else if (!isRecord(entry) || !isFile(entry['f'])) throw new TypeError(`Neither a file nor a directory: ${JSON.stringify(name)}`);
  }
}

function isFile(file: unknown): boolean {
  return isRecord(file) && (typeof file['l'] === 'string' || typeof file['c'] === 'string' || file['c'] instanceof Uint8Array);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Writes the tree into the directory `path`. Files that are there are replaced, others stay. @throws {SysError} */
export function writeTree(disk: Disk, path: string, tree: DirectoryEntry, base: PathBase): void {
  for (const [name, entry] of Object.entries(tree.d)) {
    const child = path === '/' ? `/${name}` : `${path}/${name}`;
    if ('d' in entry) {
      mkdirp(disk, child, 0o777, base);
      writeTree(disk, child, entry, base);
    } else writeEntry(disk, child, entry, base);
  }
}

function writeEntry(disk: Disk, path: string, { f }: FileEntry, base: PathBase): void {
  const existing = disk.find(path, base, false);
  if ('l' in f) {
    if (existing !== undefined) unlink(disk, path, base);
    symlink(disk, f.l, path, base);
    return;
  }
  void writeWhole(disk, path, contentsOf(f), O_WRONLY | O_CREAT | O_TRUNC, 0o666, base);
}

function contentsOf({ c, b }: { c: string | Uint8Array; b?: boolean }): Uint8Array {
  if (typeof c !== 'string') return c;
  return b === true ? Uint8Array.from(c, (unit) => unit.charCodeAt(0)) : encoder.encode(c);
}

/** @throws {SysError} ENOENT, EINVAL. @throws {NotLoaded} */
export function serialize(disk: Disk, path: string, options: SerializeOptions, base: PathBase): Uint8Array {
  const root = disk.lookup(path, base);
  const wanted = filter(options);
  switch (options.format ?? 'json') {
    case 'json': return encoder.encode(JSON.stringify(treeOf(root, '', wanted, jsonContents)));
    case 'binary': return encode(treeOf(root, '', wanted, (bytes) => ({ c: bytes })));
    case 'zip': return zipSync(zipOf(root, wanted), { level: 6 });
    default: throw new SysError('EINVAL', 'an unknown format');
  }
}

type Wanted = (path: string) => boolean;

function filter({ includes = [], excludes = [] }: SerializeOptions): Wanted {
  if (excludes.length === 0) return () => true;
  const excluded = matcher(excludes);
  const included = includes.length === 0 ? () => false : matcher(includes);
  return (path) => !excluded(path) || included(path);
}

/** A glob also means all that is below what it names. */
function matcher(globs: readonly string[]): Wanted {
  return picomatch(globs.flatMap((glob) => [glob, `${glob.replace(/\/+$/, '')}/**`]), { dot: true, windows: false });
}

type Contents = (bytes: Uint8Array) => { c: string | Uint8Array; b?: boolean };

function treeOf(inode: Inode, path: string, wanted: Wanted, contents: Contents): DirectoryEntry | FileEntry {
  if (inode instanceof FileInode) return { f: contents(copyOf(inode)) };
  if (inode instanceof SymlinkInode) return { f: { l: inode.target } };
  const d: DirectoryEntry['d'] = {};
  if (!(inode instanceof DirectoryInode)) return { d };
  for (const [name, child] of entriesOf(inode)) {
    const at = path === '' ? name : `${path}/${name}`;
    const entry = treeOf(child, at, wanted, contents);
    // An excluded folder is there only for what of it is included.
    if (wanted(at) || ('d' in entry && Object.keys(entry.d).length > 0)) define(d, name, entry);
  }
  return { d };
}

function define<T>(record: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

function jsonContents(bytes: Uint8Array): { c: string; b?: boolean } {
  try {
    return { c: strict.decode(bytes) };
  } catch {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return { c: text, b: true };
  }
}

function zipOf(inode: Inode, wanted: Wanted): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  const visit = (tree: DirectoryEntry | FileEntry, path: string): void => {
    if ('d' in tree) {
      if (path !== '' && Object.keys(tree.d).length === 0) files[`${path}/`] = new Uint8Array(0);
      for (const [name, entry] of Object.entries(tree.d)) visit(entry, path === '' ? name : `${path}/${name}`);
    } else if ('c' in tree.f) define(files, path, contentsOf(tree.f));
  };
  visit(treeOf(inode, '', wanted, (bytes) => ({ c: bytes })), '');
  return files;
}
