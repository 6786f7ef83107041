/** The instance that `server.build()` gives the client of @webcontainer/api 1.6: what that library calls, over Comlink. */
import * as Comlink from 'comlink';
import type { Kernel } from '../kernel.ts';
import { PublicFileSystem } from '../disk/index.ts';
import { baseEnvironment, SEARCH_PATH } from './environment.ts';
import { runCommand, type CommandRequest, type RunningCommand } from './run-command.ts';
import type { OutputListener, TerminalRequest } from './program-io.ts';
import type { ContainerEvents } from './events.ts';
import type { PreviewScript } from '../../../shared/protocol/preview-channel.ts';

export interface RunRequest {
  command: string;
  args: string[];
  cwd?: string | undefined;
  env?: Record<string, string | number | boolean> | undefined;
  terminal?: TerminalRequest | undefined;
}

export type RemoteListener = ((data: Uint8Array | null) => void | Promise<void>) | undefined;

export interface InstanceOptions {
  kernel: Kernel;
  /** Absolute path of the working directory. */
  workdir: string;
  events: ContainerEvents;
  setPreviewScript(script: PreviewScript | null): void;
  /** Commands that the host itself answers, by name. */
  reserved: ReadonlyMap<string, (request: CommandRequest, output: OutputListener | undefined) => RunningCommand>;
  /** Called when the client brings files or runs something. */
  used(): void;
  teardown(): Promise<void>;
}

/** Everything here is called by the other side of a trust boundary: the kernel parses what it acts on. */
export function createInstance(options: InstanceOptions) {
  const { kernel, workdir, events } = options;
  const files = new PublicFileSystem(kernel.disk, workdir);
  return Comlink.proxy({
    fs: () => Comlink.proxy(publicFiles(files)),
    previewScript: () => undefined,
    runtimeInfo: () => ({ path: SEARCH_PATH, cwd: workdir }),
    run: (request: RunRequest, _stdout: RemoteListener, _stderr: RemoteListener, output: RemoteListener) => (options.used(), start(options, request, output)),
    loadFiles: (payload: Uint8Array, mount?: { mountPoints?: string }) => (options.used(), files.loadFiles(payload, mount)),
    async serialize(path: string, how?: Parameters<PublicFileSystem['serialize']>[1]) {
      const bytes = await files.serialize(path, how);
      return Comlink.transfer(bytes, [bytes.buffer as ArrayBuffer]);
    },
    on: (event: string, listener: (...args: unknown[]) => void) => Comlink.proxy(events.on(event, listener)),
    setPreviewScript: (source: string, type?: Omit<PreviewScript, 'source'>) => options.setPreviewScript(source === '' ? null : { source, ...type }),
    // There is no hosted service to sign in to: packages are asked for with the environment's own capability.
    setCredentials: () => undefined,
    teardown: () => options.teardown(),
  });
}

function publicFiles(files: PublicFileSystem) {
  return {
    readFile: (...args: Parameters<PublicFileSystem['readFile']>) => files.readFile(...args),
    writeFile: (...args: Parameters<PublicFileSystem['writeFile']>) => files.writeFile(...args),
    readdir: (...args: Parameters<PublicFileSystem['readdir']>) => files.readdir(...args),
    mkdir: (...args: Parameters<PublicFileSystem['mkdir']>) => files.mkdir(...args),
    rm: (...args: Parameters<PublicFileSystem['rm']>) => files.rm(...args),
    rename: (...args: Parameters<PublicFileSystem['rename']>) => files.rename(...args),
    watch: async (...args: Parameters<PublicFileSystem['watch']>) => Comlink.proxy(await files.watch(...args)),
  };
}

function start({ kernel, workdir, reserved }: InstanceOptions, request: RunRequest, output: RemoteListener) {
  const command = commandOf(workdir, request);
  const listener: OutputListener | undefined = output && ((bytes) => deliver(output, bytes));
  const own = reserved.get(request.command);
  const running = own === undefined ? runCommand(kernel.processes, command, listener) : own(command, listener);
  return Comlink.proxy({
    onExit: running.exited,
    write: (data: string | Uint8Array) => running.write(data),
    kill: () => running.kill(),
    resize: (size: TerminalRequest) => running.resize(size),
  });
}

/** With its folder made absolute and the container's own environment under that of the caller. */
export function commandOf(workdir: string, request: RunRequest): CommandRequest {
  const cwd = request.cwd === undefined ? workdir : inside(workdir, request.cwd);
  const env = { ...baseEnvironment(cwd, request.terminal !== undefined), ...texts(request.env) };
  return { command: request.command, args: request.args, cwd, env, terminal: request.terminal };
}

/** Output is copied: its buffer is the kernel's. */
function deliver(output: NonNullable<RemoteListener>, bytes: Uint8Array | null): Promise<void> | void {
  if (bytes === null) return output(null);
  const copy = bytes.slice();
  return output(Comlink.transfer(copy, [copy.buffer]));
}

function texts(env: RunRequest['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env ?? {}).map(([name, value]) => [name, String(value)]));
}

/** `cwd` is relative to the working directory, or absolute. */
function inside(workdir: string, path: string): string {
  return path.startsWith('/') ? path : `${workdir}/${path}`.replace(/\/\.?(?=\/|$)/g, '') || '/';
}
