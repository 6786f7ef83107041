import { BytesInput } from '../../lib/streams.ts';
import { errorText } from '../../lib/errors.ts';
import path from 'node:path';
import fs from 'node:fs';
import { expandText, type ExpansionHost } from '../expand/expand.ts';
import type { Redirect } from '../parser/ast.ts';
import { ShellError } from '../state.ts';
import type { Descriptors } from './descriptors.ts';

const FLAGS: Readonly<Record<string, string>> = { '<': 'r', '>': 'w', '>|': 'w', '>>': 'a', '<>': 'r+', '&>': 'w', '&>>': 'a' };

/** Applies redirections in their order (XCU 2.7). @throws {ShellError} */
export async function applyRedirects(host: ExpansionHost, io: Descriptors, redirects: readonly Redirect[]): Promise<void> {
  for (const redirect of redirects) await apply(host, io, redirect);
}

async function apply(host: ExpansionHost, io: Descriptors, { op, fd, target }: Redirect): Promise<void> {
  const text = await expandText(host, target);
  const number = fd ?? (op.startsWith('<') ? 0 : 1);
  switch (op) {
    case '<<': return io.set(number, { input: new BytesInput(text) });
    case '<<<': return io.set(number, { input: new BytesInput(`${text}\n`) });
    case '<&':
    case '>&':
      if (op === '>&' && fd === undefined && !/^(?:\d+|-)$/.test(text)) return openBoth(host, io, text, 'w');
      return duplicate(io, number, text);
    case '&>':
    case '&>>': return openBoth(host, io, text, FLAGS[op] ?? 'w');
    case '<':
    case '>':
    case '>|':
    case '>>':
    case '<>': return open(host, io, number, text, op);
  }
}

function open(host: ExpansionHost, io: Descriptors, fd: number, file: string, op: string): void {
  const at = path.resolve(host.state.cwd, file);
  if (op === '>' && host.state.has('noclobber') && fs.statSync(at, { throwIfNoEntry: false })?.isFile() === true) throw new ShellError(`${file}: cannot overwrite existing file`, 2);
  try {
    // Open for reading and writing makes the file, and does not empty it.
    if (op === '<>' && !fs.existsSync(at)) fs.writeFileSync(at, '');
    io.open(fd, file === '' ? file : at, FLAGS[op] ?? 'r');
  } catch (error) {
    throw new ShellError(`${op === '<' ? 'cannot open' : 'cannot create'} ${file}: ${errorText(error)}`, 2);
  }
}

function openBoth(host: ExpansionHost, io: Descriptors, file: string, flags: string): void {
  open(host, io, 1, file, flags === 'a' ? '>>' : '>');
  io.set(2, io.get(1));
}

function duplicate(io: Descriptors, fd: number, text: string): void {
  if (text === '-') return io.set(fd, undefined);
  const source = /^\d+$/.test(text) ? io.get(Number(text)) : undefined;
  if (source === undefined) throw new ShellError(`${text}: bad file descriptor`, 2);
  return io.set(fd, source);
}
