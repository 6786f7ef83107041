import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { BrokenPipe, errorCode, errorText } from '../../lib/errors.ts';
import type { Input, Output } from '../../lib/streams.ts';
import { signalStatus } from '../../lib/signals.ts';
import type { Descriptors } from './descriptors.ts';

const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

export interface ExternalRequest {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  io: Descriptors;
  signal: AbortSignal;
  /** Told of the process once it runs. */
  onStart?: (pid: number) => void;
  describe(message: string): Promise<void>;
}

/** Runs a program as a process of its own; resolves to its exit status. Streams inside of this process are passed on through pipes. */
export async function runExternal(request: ExternalRequest): Promise<number> {
  const { argv, cwd, env, io } = request;
  const [file = '', ...args] = argv;
  const highest = Math.max(2, ...[...io.entries()].map(([fd]) => fd));
  const endpoints = Array.from({ length: highest + 1 }, (_, fd) => io.get(fd));
  const child = spawn(file, args, { cwd, env, argv0: file, stdio: endpoints.map((endpoint) => (endpoint === undefined ? 'ignore' : (endpoint.fd ?? 'pipe'))) });
  const ended = statusOf(child, file, request);
  if (child.pid !== undefined) request.onStart?.(child.pid);
  const abort = (): void => void child.kill((request.signal.reason as NodeJS.Signals | undefined) ?? 'SIGTERM');
  request.signal.addEventListener('abort', abort);
  const pumps: Promise<void>[] = [];
  for (const [fd, endpoint] of endpoints.entries()) {
    const stream = child.stdio[fd];
    if (endpoint === undefined || stream === null || stream === undefined) continue;
    if (fd === 0 && endpoint.input !== undefined) void feed(endpoint.input, stream as Writable, child);
    else if (endpoint.output !== undefined) pumps.push(drain(stream as Readable, endpoint.output));
  }
  const status = await ended;
  await Promise.all(pumps);
  request.signal.removeEventListener('abort', abort);
  return status;
}

function statusOf(child: ChildProcess, file: string, { describe }: ExternalRequest): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      const code = errorCode(error);
      const missing = code === 'ENOENT';
      const text = missing && !file.includes('/') ? 'not found' : errorText(error);
      void describe(`${file}: ${text}`).then(() => resolve(missing ? NOT_FOUND : NOT_EXECUTABLE));
    });
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 0) : signalStatus(signal)));
  });
}

async function feed(input: Input, stream: Writable, child: ChildProcess): Promise<void> {
  // The child may end without reading all of it.
  stream.on('error', () => undefined);
  for (let chunk = await input.read(); chunk !== undefined; chunk = await input.read()) {
    if (child.exitCode !== null || stream.destroyed) return input.unread(chunk);
    if (!stream.write(chunk)) await new Promise<void>((resolve) => {
      stream.once('drain', resolve);
      stream.once('close', resolve);
    });
  }
  stream.end();
  return undefined;
}

async function drain(stream: Readable, output: Output): Promise<void> {
  try {
    for await (const chunk of stream) await output.write(chunk as Uint8Array);
  } catch (error) {
    // Nobody reads what the child writes: closing its pipe tells it so.
    if (!(error instanceof BrokenPipe)) throw error;
    stream.destroy();
  }
}
