/**
 * The file system as `@webcontainer/api` 1.6 gives it to a page (its api_reference.json, FileSystemAPI). Paths are relative to the
 * working directory, also those with a leading slash. Errors carry Node's messages.
 */
import { SysError } from '../../abi/errno.ts';
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from './constants.ts';
import type { Disk, PathBase } from './disk.ts';
import { parseTree, serialize, writeTree, type SerializeOptions } from './file-tree.ts';
import { DirectoryInode, FileInode } from './inode.ts';
import { fileError } from './messages.ts';
import { mkdir, mkdirp, rename } from './names.ts';
import { remove } from './remove-tree.ts';
import { whenLoaded } from './suspend.ts';
import type { WatchListener } from './watches.ts';
import { copyOf, writeWhole } from './whole-files.ts';

type EncodingOption = string | { encoding?: string | null } | null | undefined;

/** How the client expects an entry: the number of `uv_dirent_type_t` under this name. */
export interface PublicDirent {
  readonly name: string | Uint8Array;
  readonly 'Symbol(type)': number;
}

export interface PublicWatcher {
  close(): void;
}

const UMASK = 0o022;
const encoder = new TextEncoder();

export class PublicFileSystem {
  private readonly disk: Disk;
  private readonly base: PathBase;

  /** `workdir`: absolute path of the working directory. */
  constructor(disk: Disk, workdir: string) {
    this.disk = disk;
    this.base = { cwd: workdir, umask: UMASK };
  }

  async readFile(path: string, encoding?: EncodingOption): Promise<Uint8Array | string> {
    const bytes = await this.run('open', path, (at) => {
      const inode = this.disk.lookup(at, this.base);
      if (inode instanceof DirectoryInode) throw new SysError('EISDIR', path);
      if (!(inode instanceof FileInode)) throw new SysError('EINVAL', path);
      this.disk.open(at, O_RDONLY, 0, this.base).release();
      return copyOf(inode);
    });
    const name = encodingOf(encoding);
    return name === undefined || name === 'buffer' ? bytes : decodeBytes(bytes, name);
  }

  async writeFile(path: string, data: string | Uint8Array, options?: EncodingOption): Promise<void> {
    const bytes = typeof data === 'string' ? encodeText(data, encodingOf(options) ?? 'utf8') : data;
    await this.run('open', path, (at) => writeWhole(this.disk, at, bytes, O_WRONLY | O_CREAT | O_TRUNC, 0o666, this.base));
  }

  readdir(path: string, options?: string | { encoding?: string | null; withFileTypes?: boolean } | null): Promise<(string | Uint8Array)[] | PublicDirent[]> {
    const asBytes = encodingOf(options) === 'buffer';
    const withTypes = typeof options === 'object' && options?.withFileTypes === true;
    return this.run('scandir', path, (at) => {
      const entries = this.disk.list(at, this.base);
      const name = (text: string) => (asBytes ? encoder.encode(text) : text);
      if (withTypes) return entries.map(([text, inode]) => ({ name: name(text), 'Symbol(type)': inode.direntType }));
      return entries.map(([text]) => name(text));
    });
  }

  /** @returns the first directory made, when recursive. */
  mkdir(path: string, options?: { recursive?: boolean } | null): Promise<string | undefined> {
    return this.run('mkdir', path, (at) => {
      if (options?.recursive === true) return mkdirp(this.disk, at, 0o777, this.base);
      mkdir(this.disk, at, 0o777, this.base);
      return undefined;
    });
  }

  rm(path: string, options?: { force?: boolean; recursive?: boolean } | null): Promise<void> {
    return this.run('rm', path, (at) => remove(this.disk, at, { force: options?.force === true, recursive: options?.recursive === true }, this.base));
  }

  rename(from: string, to: string): Promise<void> {
    return this.run('rename', from, (at) => rename(this.disk, at, this.inside(to), this.base), to);
  }

  async watch(path: string, options: { recursive?: boolean; encoding?: string | null } | string | null | undefined, listener?: (event: 'rename' | 'change', filename: string | Uint8Array) => void): Promise<PublicWatcher> {
    const recursive = typeof options === 'object' && options?.recursive === true;
    const asBytes = encodingOf(options) === 'buffer';
    const tell: WatchListener = (event, filename) => listener?.(event, asBytes ? encoder.encode(filename) : filename);
    const label = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
    const end = await this.run('watch', path, (at) => this.disk.watches.watch(this.disk.lookup(at, this.base), label, recursive, tell));
    return { close: end };
  }

  /** Mounts a tree (see file-tree.ts) at `mountPoints`, which must be there. @throws {TypeError} for what is no tree */
  async loadFiles(payload: Uint8Array, options?: { mountPoints?: string | undefined } | null): Promise<void> {
    const tree = parseTree(payload);
    const path = options?.mountPoints ?? '.';
    return this.run('open', path, (at) => {
      this.disk.lookupDirectory(at, this.base);
      writeTree(this.disk, at, tree, this.base);
    });
  }

  serialize(path: string, options?: SerializeOptions | null): Promise<Uint8Array> {
    return this.run('open', path, (at) => serialize(this.disk, at, options ?? {}, this.base));
  }

  private async run<T>(syscall: string, path: string, operation: (at: string) => T | Promise<T>, dest?: string): Promise<T> {
    try {
      return await whenLoaded(() => operation(this.inside(path)));
    } catch (error) {
      if (error instanceof SysError) throw fileError(error, error.code === 'ENOSPC' ? 'write' : syscall, path, dest);
      throw error;
    }
  }

  /** The path from the working directory on; it does not lead out of it by dots. @throws {SysError} EINVAL */
  private inside(path: unknown): string {
    if (typeof path !== 'string') throw new SysError('EINVAL', 'a path must be text');
    if (path === '' || path.includes('\0')) throw new SysError(path === '' ? 'ENOENT' : 'EINVAL', path);
    const parts: string[] = [];
    for (const part of path.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '' && part !== '.') parts.push(part);
    }
    const slash = path.endsWith('/') && parts.length > 0 ? '/' : '';
    return parts.length === 0 ? '.' : parts.join('/') + slash;
  }
}

function encodingOf(option: unknown): string | undefined {
  const encoding = typeof option === 'object' && option !== null && 'encoding' in option ? option.encoding : option;
  return typeof encoding === 'string' ? encoding.toLowerCase() : undefined;
}

const binaryText = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

function decodeBytes(bytes: Uint8Array, encoding: string): string {
  switch (encoding) {
    case 'utf8': case 'utf-8': return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    case 'latin1': case 'binary': return binaryText(bytes);
    case 'ascii': return binaryText(bytes.map((byte) => byte & 0x7f));
    case 'ucs2': case 'ucs-2': case 'utf16le': case 'utf-16le': return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes);
    case 'base64': return btoa(binaryText(bytes));
    case 'base64url': return btoa(binaryText(bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    case 'hex': return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    default: throw new TypeError(`Unknown encoding: ${encoding}`);
  }
}

function encodeText(text: string, encoding: string): Uint8Array {
  const units = (source: string) => Uint8Array.from(source, (unit) => unit.charCodeAt(0));
  switch (encoding) {
    case 'utf8': case 'utf-8': return encoder.encode(text);
    case 'latin1': case 'binary': case 'ascii': return units(text);
    case 'ucs2': case 'ucs-2': case 'utf16le': case 'utf-16le': return new Uint8Array(Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).buffer);
    case 'base64': case 'base64url': return units(atob(text.replaceAll('-', '+').replaceAll('_', '/').replace(/[^A-Za-z0-9+/]/g, '')));
    case 'hex': return Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));
    default: throw new TypeError(`Unknown encoding: ${encoding}`);
  }
}
