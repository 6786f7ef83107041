/** The command that starts workerd with as much of a cage around it as this machine has. */
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { TerrariumError } from '../../../shared/errors/error.ts';
import type { BackendSpec } from '../driver.ts';
import { jailArguments } from './jail.ts';

/** What workerd reserves of writable address space before the program has any, measured, in bytes. */
const DATA_BASE = 640 * 1024 * 1024;
/** Room for what SQLite writes beside the data itself (log, index of the log, sorting), in bytes. */
const FILE_MARGIN = 32 * 1024 * 1024;

const PACKAGES: Readonly<Record<string, string>> = { 'linux-x64': 'linux-64', 'linux-arm64': 'linux-arm64', 'darwin-x64': 'darwin-64', 'darwin-arm64': 'darwin-arm64', 'win32-x64': 'windows-64' };

/** The engine's executable. @throws {TerrariumError} 1206 when this system has none, or its optional package was not installed */
export function workerdBinary(platform: string = process.platform, arch: string = process.arch): string {
  const name = PACKAGES[`${platform}-${arch}`];
  if (name === undefined) throw TerrariumError.of('E-TERRARIUM-1206', { system: `${platform}-${arch}` });
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('workerd/package.json'));
    return join(dirname(require.resolve(`@cloudflare/workerd-${name}/package.json`)), 'bin', platform === 'win32' ? 'workerd.exe' : 'workerd');
  } catch {
    throw TerrariumError.of('E-TERRARIUM-1206', { system: `${platform}-${arch}` });
  }
}

/** Programs of this machine that the cage is made of; undefined is one that it lacks. */
export interface Tools {
  shell: string | undefined;
  nice: string | undefined;
  prlimit: string | undefined;
  setpriv: string | undefined;
  bwrap: string | undefined;
}

export function findTools(path: string = process.env.PATH ?? ''): Tools {
  const find = (name: string): string | undefined => path.split(delimiter).filter(Boolean).map((folder) => join(folder, name)).find((file) => existsSync(file) && statSync(file).isFile());
  const linux = process.platform === 'linux';
  const ofLinux = (name: string) => (linux ? find(name) : undefined);
  return { shell: process.platform === 'win32' ? undefined : find('sh'), nice: process.platform === 'win32' ? undefined : find('nice'), prlimit: ofLinux('prlimit'), setpriv: ofLinux('setpriv'), bwrap: ofLinux('bwrap') };
}

/** The tools without a jail that cannot be made: many systems have bubblewrap and forbid the namespaces that it is made of. */
export async function workingTools(tools: Tools): Promise<{ tools: Tools; warnings: string[] }> {
  if (tools.bwrap === undefined) return { tools, warnings: [] };
  try {
    await promisify(execFile)(tools.bwrap, ['--unshare-all', '--die-with-parent', '--as-pid-1', '--cap-drop', 'ALL', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', 'true'], { timeout: 5_000 });
    return { tools, warnings: [] };
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? '').trim().split('\n').at(-1) || 'no reason given';
    return { tools: { ...tools, bwrap: undefined }, warnings: [`bubblewrap is on this system and cannot make a jail (${said.slice(0, 200)}); user namespaces may be forbidden here.`] };
  }
}

export interface LaunchInput {
  binary: string;
  tools: Tools;
  spec: Pick<BackendSpec, 'dataDir' | 'egressSocket' | 'limits'>;
  /** Folder of this start alone: the sockets, and the configuration. */
  runDir: string;
  configurationPath: string;
}

export function launchCommand({ binary, tools, spec, runDir, configurationPath }: LaunchInput): { file: string; args: string[] } {
  let command = [binary, 'serve', configurationPath, '--control-fd=3'];
  if (tools.bwrap !== undefined) command = [tools.bwrap, ...jailArguments({ binary, dataDir: spec.dataDir, runDir, egressSocket: spec.egressSocket }), '--', ...command];
  // The kernel ends it with the thread that started it, so that a server that was killed leaves nothing behind.
  else if (tools.setpriv !== undefined) command = [tools.setpriv, '--pdeathsig', 'KILL', ...command];
  if (tools.prlimit !== undefined) command = [tools.prlimit, ...limits(spec.limits), ...command];
  if (tools.nice !== undefined) command = [tools.nice, '-n', '5', ...command];
  // An ignored SIGXFSZ survives exec: a file that may not grow is then an error of SQLite, and not the end of the process.
  if (tools.shell !== undefined) command = [tools.shell, '-c', 'trap "" XFSZ; exec "$@"', 'backend', ...command];
  const [file = binary, ...args] = command;
  return { file, args };
}

function limits({ memoryMb, diskMb }: BackendSpec['limits']): string[] {
  return [`--data=${DATA_BASE + memoryMb * 1024 * 1024}`, `--fsize=${Math.round(diskMb * 1024 * 1024) + FILE_MARGIN}`, '--core=0', '--nofile=1024'];
}

/** What is missing here, in sentences for the one who runs the server. */
export function launchWarnings(tools: Tools, userId: number | undefined = process.getuid?.()): string[] {
  const warnings: string[] = [];
  if (tools.bwrap === undefined) warnings.push('Backends run without a jail: bubblewrap (bwrap) is not on this system, so only the engine itself keeps a program from files and network of this machine. Install it (Linux only) where people you do not trust deploy backends.');
  if (tools.prlimit === undefined) warnings.push('Memory and file size of backends are not limited by the system: prlimit (util-linux) is missing. The heap limit of the engine and the quota of the database hold.');
  if (tools.bwrap === undefined && tools.setpriv === undefined) warnings.push('Backends of a server that is killed run on until the next start: neither bwrap nor setpriv is on this system.');
  if (userId === 0) warnings.push('The server runs as root, and so do backends: run it as an ordinary user.');
  return warnings;
}
