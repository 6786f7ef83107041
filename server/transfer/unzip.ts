/** Zip archives that anybody may have made (SPEC T2). */
import { fromBuffer } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { TerrariumError } from '../../shared/errors/error.ts';
import { checkPaths, createBudget, isLeftOut, MAX_FILES, printable, tooManyFiles } from './files.ts';
import type { RawFile } from './files.ts';

/** Comment of the archives that we make, whose paths are the project's. */
export const OWN_COMMENT = 'Terrarium project';

const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;
/** With what is left out: an archive of a project with its node_modules is named for that. */
const MAX_ENTRIES = 100_000;
const ENCRYPTED = 1;

export interface Archive {
  files: RawFile[];
  /** Files of node_modules and .git, which are not taken. */
  skipped: number;
}

/** All of it, or an error of the table and nothing. */
export async function unzip(bytes: Uint8Array): Promise<Archive> {
  const zip = await open(bytes);
  try {
    const entries: Entry[] = [];
    let skipped = 0;
    for await (const entry of zip.eachEntry()) {
      if (entries.length + skipped > MAX_ENTRIES) throw tooManyFiles();
      if (entry.fileName.endsWith('/')) continue;
      if (isLeftOut(entry.fileName)) skipped++;
      else if (entries.push(entry) > MAX_FILES) throw tooManyFiles();
    }
    for (const entry of entries) checkEntry(entry);
    const prefix = zip.comment === OWN_COMMENT ? '' : onlyFolder(entries.map(({ fileName }) => fileName));
    checkPaths(entries.map(({ fileName }) => fileName.slice(prefix.length)));
    return { files: await readAll(zip, entries, prefix), skipped };
  } catch (error) {
    throw error instanceof TerrariumError ? error : explain(error);
  } finally {
    zip.close();
  }
}

async function open(bytes: Uint8Array): Promise<ZipFile> {
  const { promise, resolve, reject } = Promise.withResolvers<ZipFile>();
  fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { lazyEntries: true, strictFileNames: true, validateEntrySizes: true }, (error, zip) => (error === null ? resolve(zip) : reject(explain(error))));
  return promise;
}

function checkEntry(entry: Entry): void {
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) throw TerrariumError.of('E-TERRARIUM-1150', { problem: `"${printable(entry.fileName)}" is encrypted` });
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  // Zero: made by a program that writes no Unix mode.
  if (type !== 0 && type !== REGULAR) throw TerrariumError.of('E-TERRARIUM-1154', { path: printable(entry.fileName) });
}

async function readAll(zip: ZipFile, entries: readonly Entry[], prefix: string): Promise<RawFile[]> {
  const spend = createBudget();
  const files: RawFile[] = [];
  // What the archive says of the sizes is judged first: no work for an honest archive that is too large.
  const declared = createBudget();
  for (const { fileName, uncompressedSize } of entries) declared(fileName, uncompressedSize, uncompressedSize);
  for (const entry of entries) {
    const path = entry.fileName.slice(prefix.length);
    files.push({ path, bytes: await readEntry(zip, entry, path, spend), executable: ((entry.externalFileAttributes >>> 16) & 0o111) !== 0 });
  }
  return files;
}

async function readEntry(zip: ZipFile, entry: Entry, path: string, spend: ReturnType<typeof createBudget>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = await zip.openReadStreamPromise(entry);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length;
    spend(path, size, part.length);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts, size));
}

/** The one folder that everything is in, as the archives of code hosts have it: left off where a project begins in it. */
function onlyFolder(paths: readonly string[]): string {
  const [first = ''] = paths;
  const folder = first.slice(0, first.indexOf('/') + 1);
  const isProject = paths.includes(`${folder}package.json`) || paths.includes(`${folder}index.html`);
  return folder !== '' && isProject && paths.every((path) => path.startsWith(folder)) ? folder : '';
}

/** The library's own sentences name what is wrong with an archive, and paths. */
function explain(error: unknown): TerrariumError {
  const problem = error instanceof Error ? error.message : String(error);
  const path = /^(?:absolute path|invalid relative path|invalid characters in fileName): (.*)$/s.exec(problem)?.[1];
  if (path !== undefined) return TerrariumError.of('E-TERRARIUM-1153', { path: printable(path) });
  return TerrariumError.of('E-TERRARIUM-1150', { problem: printable(problem.replace(/\.$/, '')) });
}
