import { LineReader, type FromReplica } from '../../../shared/protocol/replica.ts';
import type { Disk } from '../disk/index.ts';
import type { CommandRequest, RunningCommand } from '../container/run-command.ts';
import type { OutputListener } from '../container/program-io.ts';
import { Replica } from './replica.ts';

/** Exit status of a program whose reader has gone: 128 and SIGPIPE. */
const READER_GONE = 141;

/** The reserved command `terrarium-replica`: the disk's end of the replica protocol as a program's standard input and output. */
export function replicaCommand(disk: Disk): (request: CommandRequest, output: OutputListener | undefined) => RunningCommand {
  return ({ cwd }, output) => {
    const ended = Promise.withResolvers<number>();
    const lines = new LineReader();
    const encoder = new TextEncoder();
    let sent: Promise<unknown> = Promise.resolve();
    let over = false;
    const tell = (message: FromReplica): void => {
      // What was still under way when the command ended has nobody to be told to.
      if (over) return;
      const bytes = encoder.encode(`${JSON.stringify(message)}\n`);
      // In order, and no faster than the other side reads.
      sent = sent.then(() => output?.(bytes)).catch(() => end(READER_GONE));
    };
    const opened = Replica.open(disk, cwd, tell);
    let working: Promise<void> = Promise.resolve();
    const end = (code: number): void => {
      if (over) return;
      over = true;
      void opened.then((replica) => replica.close());
      void sent.then(() => output?.(null)).catch(() => undefined);
      ended.resolve(code);
    };
    return {
      exited: ended.promise,
      write: (data, written) => {
        written?.();
        const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
        working = working.then(async () => {
          const replica = await opened;
          for (const line of lines.push(text)) replica.receive(line);
        });
      },
      endInput: () => end(0),
      resize: () => undefined,
      signal: () => end(143),
      kill: () => end(143),
    };
  };
}
