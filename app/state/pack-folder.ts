/** A folder of this computer as a zip archive, made in the page (server/transfer/SPEC.md, T6). */
import { zip } from 'fflate';
import type { AsyncZippable } from 'fflate';

/** Made anew by an installation, or history of another kind. */
const LEFT_OUT = new Set(['node_modules', '.git']);
const COMMENT = 'Terrarium project';
/** As the server allows. */
const MAX_FILES = 5000;

/** The files of a chosen folder (`webkitdirectory`), without the folder itself. @throws {Error} for too many */
export function packChosen(files: FileList): Promise<Blob> {
  return pack([...files].map((file) => ({ path: file.webkitRelativePath.split('/').slice(1).join('/'), file })).filter(({ path }) => path.split('/').every((part) => !LEFT_OUT.has(part))));
}

/** What was dropped: one zip file is itself, one folder is what is in it, else the files and folders with their names. */
export async function packDropped(items: DataTransferItemList): Promise<Blob> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const [only] = entries;
  if (entries.length === 1 && only?.isFile === true && /\.zip$/i.test(only.name)) return fileOf(only as FileSystemFileEntry);
  const inside = entries.length === 1 && only?.isDirectory === true ? await listFolder(only as FileSystemDirectoryEntry) : entries;
  const found: { path: string; file: File }[] = [];
  for (const entry of inside) await collect(entry, '', found);
  return pack(found);
}

async function collect(entry: FileSystemEntry, folder: string, found: { path: string; file: File }[]): Promise<void> {
  if (LEFT_OUT.has(entry.name)) return;
  if (found.length > MAX_FILES) throw new Error(`There are more than ${MAX_FILES} files. Leave out what can be installed or built again.`);
  const path = folder + entry.name;
  if (entry.isFile) return void found.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
  for (const inner of await listFolder(entry as FileSystemDirectoryEntry)) await collect(inner, `${path}/`, found);
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((resolve, reject) => entry.file(resolve, reject));

/** The browser gives a folder in parts, the last of them empty. */
async function listFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return all;
    all.push(...part);
  }
}

async function pack(files: readonly { path: string; file: File }[]): Promise<Blob> {
  if (files.length > MAX_FILES) throw new Error(`There are more than ${MAX_FILES} files. Leave out what can be installed or built again.`);
  // A null prototype: a file may be called __proto__.
  const content = Object.create(null) as AsyncZippable;
  for (const { path, file } of files) content[path] = new Uint8Array(await file.arrayBuffer());
  const bytes = await new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => zip(content, { level: 6 }, (error, data) => (error === null ? resolve(data as Uint8Array<ArrayBuffer>) : reject(error))));
  return new Blob([withComment(bytes)]);
}

/** Says that the paths are the project's own. The comment ends an archive, with its length before it (APPNOTE.TXT, 4.3.16). */
function withComment(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(COMMENT);
  const whole = new Uint8Array(bytes.length + text.length);
  whole.set(bytes);
  whole.set(text, bytes.length);
  new DataView(whole.buffer).setUint16(bytes.length - 2, text.length, true);
  return whole;
}
