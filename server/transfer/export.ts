/** An environment's files as a zip archive (SPEC T1), made while it is sent. */
import { Zip, ZipDeflate } from 'fflate';
import { listFiles } from '../../shared/document/schema.ts';
import type { Blobs } from '../environments/blobs.ts';
import type { Rooms } from '../rooms/rooms.ts';
import { OWN_COMMENT } from './unzip.ts';

const UNIX = 3;
const REGULAR = 0o100000;
/** Bytes compressed in one turn. */
const PART = 256 * 1024;

interface Source {
  path: string;
  mode: number;
  read(): Promise<Uint8Array>;
}

/** The files as they are at the call. */
export function zipOf(environmentId: string, { rooms, blobs }: { rooms: Rooms; blobs: Blobs }): ReadableStream<Uint8Array> {
  const sources = rooms.read(environmentId, (doc) => {
    const once = new Map(listFiles(doc).toReversed().map((file) => [file.path, file]));
    return [...once.values()].reverse().map((file): Source => {
      const text = file.kind === 'text' ? file.text.toString() : undefined;
      const blob = file.kind === 'binary' ? file.blob : '';
      return { path: file.path, mode: file.mode ?? 0o644, read: () => (text === undefined ? blobs.get(environmentId, blob) : Promise.resolve(new TextEncoder().encode(text))) };
    });
  });
  const parts = archive(sources);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await parts.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void (await parts.return(undefined)),
  });
}

async function* archive(sources: readonly Source[]): AsyncGenerator<Uint8Array> {
  const parts: Uint8Array[] = [];
  let failure: Error | undefined;
  const zip = new Zip((error, part) => {
    if (error !== null) failure = error;
    else parts.push(part);
  });
  const made = function* (): Generator<Uint8Array> {
    if (failure !== undefined) throw failure;
    yield* parts.splice(0);
  };
  for (const { path, mode, read } of sources) {
    const bytes = await read();
    const entry = new ZipDeflate(path, { level: 6 });
    entry.os = UNIX;
    entry.attrs = ((REGULAR | mode) << 16) >>> 0;
    zip.add(entry);
    for (let at = 0; at === 0 || at < bytes.length; at += PART) {
      entry.push(bytes.subarray(at, at + PART), at + PART >= bytes.length);
      yield* made();
    }
  }
  zip.end();
  const rest = [...made()];
  yield* withComment(rest, OWN_COMMENT);
}

/** The comment is the end of an archive, with its length in the two bytes before it (APPNOTE.TXT, 4.3.16); the library writes none. */
function withComment(rest: Uint8Array[], comment: string): Uint8Array[] {
  const end = Buffer.concat(rest);
  end.writeUInt16LE(comment.length, end.length - 2);
  return [new Uint8Array(Buffer.concat([end, Buffer.from(comment, 'latin1')]))];
}
