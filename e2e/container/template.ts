/** A template's files as the tree that `mount` of @webcontainer/api takes. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileSystemTree } from '@webcontainer/api';

const TEMPLATES = path.resolve(import.meta.dirname, '../../templates');

export async function templateTree(name: string): Promise<FileSystemTree> {
  return folderTree(path.join(TEMPLATES, name));
}

async function folderTree(folder: string): Promise<FileSystemTree> {
  const tree: FileSystemTree = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const at = path.join(folder, entry.name);
    tree[entry.name] = entry.isDirectory() ? { directory: await folderTree(at) } : { file: { contents: await readFile(at, 'utf8') } };
  }
  return tree;
}
