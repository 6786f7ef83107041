/** Scripts of package.json: `npm run`, `npm test`, `npm start`, life cycle. docs.npmjs.com/cli/v10/using-npm/scripts */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { NpmFailure } from './failure.ts';
import { readManifest } from './project.ts';
import type { Manifest } from './project.ts';
import { USER_AGENT } from './version.ts';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs a command line with `sh -c`; resolves to its exit status, 128 + n after signal n. */
export function runShell(script: string, options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', script], { ...options, stdio: 'inherit' });
    // The terminal sends its signals to the whole foreground group; what is sent to npm alone goes on to the script.
    const handlers = FORWARDED.map((signal) => [signal, () => void child.kill(signal)] as const);
    for (const [signal, handler] of handlers) process.on(signal, handler);
    const done = () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('close', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** As npm quotes what follows `--`: nothing in it is the shell's. */
export function quote(argument: string): string {
  if (argument === '') return "''";
  return /[\t\n\r "#$&'()*;<>?\\`|~]/.test(argument) ? `'${argument.replaceAll("'", "'\\''")}'` : argument;
}

/** Folders of programs of the project and of those above it, first. */
export function pathWithBins(root: string): string {
  const folders: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules', '.bin'));
    if (dirname(folder) === folder) break;
  }
  return [...folders, process.env['PATH'] ?? ''].join(delimiter);
}

export function scriptEnvironment(root: string, manifest: Manifest, event: string, script: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: pathWithBins(root),
    INIT_CWD: process.env['INIT_CWD'] ?? process.cwd(),
    NODE: process.execPath,
    npm_command: event === 'npx' ? 'exec' : 'run-script',
    npm_config_local_prefix: root,
    npm_config_user_agent: USER_AGENT,
    npm_execpath: process.argv[1],
    npm_lifecycle_event: event,
    npm_lifecycle_script: script,
    npm_node_execpath: process.execPath,
    npm_package_json: join(root, 'package.json'),
  };
  if (manifest.name !== undefined) env['npm_package_name'] = manifest.name;
  if (manifest.version !== undefined) env['npm_package_version'] = manifest.version;
  for (const [key, value] of Object.entries(manifest.config ?? {})) env[`npm_package_config_${key}`] = String(value);
  const bin = typeof manifest.bin === 'string' ? { [manifest.name ?? '']: manifest.bin } : (manifest.bin ?? {});
  for (const [key, value] of Object.entries(bin)) env[`npm_package_bin_${key}`] = value;
  return env;
}

/** Runs one script if there is one. Resolves to its exit status. */
export async function runEvent(root: string, manifest: Manifest, event: string, args: readonly string[] = [], silent = false): Promise<number> {
  const script = manifest.scripts?.[event] ?? (event === 'start' ? 'node server.js' : undefined);
  if (script === undefined) return 0;
  const line = [script, ...args.map(quote)].join(' ');
  if (!silent) process.stdout.write(`\n> ${manifest.name === undefined ? '' : `${manifest.name}${manifest.version === undefined ? '' : `@${manifest.version}`} `}${event}\n> ${[script, ...args].join(' ')}\n\n`);
  return runShell(line, { cwd: root, env: scriptEnvironment(root, manifest, event, script) });
}

/** `npm run <name>` with its pre and post scripts. */
export async function runScript(root: string, name: string | undefined, args: readonly string[], options: { silent: boolean; ifPresent: boolean; ignoreScripts: boolean }): Promise<number> {
  const manifest = readManifest(root);
  if (name === undefined) return listScripts(manifest);
  if (manifest.scripts?.[name] === undefined && !(name === 'start') && name !== 'env') {
    if (options.ifPresent) return 0;
    throw new NpmFailure('', [`Missing script: "${name}"`, '', ...similar(name, Object.keys(manifest.scripts ?? {})), 'To see a list of scripts, run:', '  npm run']);
  }
  if (name === 'env' && manifest.scripts?.['env'] === undefined) return runShell('env', { cwd: root, env: scriptEnvironment(root, manifest, 'env', 'env') });
  const events = options.ignoreScripts ? [name] : [`pre${name}`, name, `post${name}`];
  for (const event of events) {
    const status = await runEvent(root, manifest, event, event === name ? args : [], options.silent);
    if (status !== 0) return status;
  }
  return 0;
}

function similar(name: string, names: string[]): string[] {
  const near = names.filter((one) => one.includes(name) || name.includes(one) || one[0] === name[0]).slice(0, 3);
  return near.length === 0 ? [] : ['Did you mean one of these?', ...near.map((one) => `  npm run ${one}`), ''];
}

const LIFE_CYCLE = new Set(['preinstall', 'install', 'postinstall', 'prepare', 'pretest', 'test', 'posttest', 'prestart', 'start', 'poststart', 'prestop', 'stop', 'poststop', 'restart']);

function listScripts({ name, version, scripts = {} }: Manifest): number {
  const group = (title: string, chosen: [string, string][]) => (chosen.length === 0 ? '' : `${title}\n${chosen.map(([key, line]) => `  ${key}\n    ${line}\n`).join('')}`);
  const entries = Object.entries(scripts);
  const label = [name, version].filter((part) => part !== undefined).join('@');
  process.stdout.write(group(`Lifecycle scripts included in ${label}:`, entries.filter(([key]) => LIFE_CYCLE.has(key))));
  process.stdout.write(group('available via `npm run`:', entries.filter(([key]) => !LIFE_CYCLE.has(key))));
  return 0;
}
