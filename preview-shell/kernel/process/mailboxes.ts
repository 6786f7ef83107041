/**
 * Messages for a thread that looks for them without turning its event loop (`receiveMessageOnPort`): the threads of a process put copies here, since
 * a browser hands a MessagePort's messages to a turned loop alone. They are gone with their process.
 *
 * `mailbox.put` (channel, side, sequence, bytes, last): one piece of the message, of MAX_TRANSFER bytes at most.
 * `mailbox.take` (channel, side, sequence) -> [piece, last] or null: the message of that sequence number; earlier ones are dropped.
 * `mailbox.drop` (channel): the channel is closed.
 * `broadcast.scope` () -> text that no other process of any container has: BroadcastChannels of one name meet within it.
 */
import type { Value } from '../../abi/codec.ts';
import { SysError } from '../../abi/errno.ts';
import type { CallingProcess, SyscallTable } from '../syscall.ts';

interface Letter {
  readonly sequence: number;
  readonly pieces: Uint8Array[];
  complete: boolean;
}

/** By channel, then for each of its two ends. */
type Mailboxes = Map<string, [Letter[], Letter[]]>;

export function mailboxSyscalls(): SyscallTable {
  const byProcess = new WeakMap<CallingProcess, Mailboxes>();
  const boxesOf = (process: CallingProcess): Mailboxes => {
    const known = byProcess.get(process) ?? new Map<string, [Letter[], Letter[]]>();
    byProcess.set(process, known);
    return known;
  };
  const scopes = new WeakMap<CallingProcess, string>();
  const scopeOf = (process: CallingProcess): string => {
    const scope = scopes.get(process) ?? crypto.randomUUID();
    scopes.set(process, scope);
    return scope;
  };
  return {
    'mailbox.put': (caller, [channel, side, sequence, bytes, last]) => {
      if (typeof channel !== 'string' || !(bytes instanceof Uint8Array)) throw new SysError('EINVAL');
      const boxes = boxesOf(caller.process);
      const both = boxes.get(channel) ?? [[], []];
      boxes.set(channel, both);
      put(both[sideOf(side)], numberOf(sequence), bytes, last === true);
    },
    'mailbox.take': (caller, [channel, side, sequence]) => take(boxesOf(caller.process).get(String(channel))?.[sideOf(side)] ?? [], numberOf(sequence)),
    'broadcast.scope': ({ process }) => scopeOf(process),
    'mailbox.drop': (caller, [channel]) => void boxesOf(caller.process).delete(String(channel)),
  };
}

function put(letters: Letter[], sequence: number, piece: Uint8Array, complete: boolean): void {
  const last = letters.at(-1);
  if (last !== undefined && last.sequence === sequence && !last.complete) {
    last.pieces.push(piece);
    last.complete = complete;
  } else letters.push({ sequence, pieces: [piece], complete });
}

function take(letters: Letter[], sequence: number): [Uint8Array, boolean] | null {
  while (letters[0] !== undefined && letters[0].sequence < sequence) letters.shift();
  const [first] = letters;
  if (first === undefined || first.sequence !== sequence || !first.complete) return null;
  const piece = first.pieces.shift() ?? new Uint8Array(0);
  if (first.pieces.length === 0) letters.shift();
  return [piece, first.pieces.length === 0];
}

const sideOf = (side: Value | undefined): 0 | 1 => (side === 1 ? 1 : 0);

function numberOf(value: Value | undefined): number {
  if (typeof value !== 'number') throw new SysError('EINVAL');
  return value;
}
