/** The commands of npm. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseCommandLine, splitNpx } from './args.ts';
import type { CommandLine } from './args.ts';
import { exec } from './exec.ts';
import { NpmFailure, printFailure } from './failure.ts';
import { init, initializerOf } from './init.ts';
import { install } from './install.ts';
import { list } from './ls.ts';
import type { Platform } from './platform.ts';
import { findRoot } from './project.ts';
import { runScript } from './run-script.ts';
import { NPM_VERSION, USER_AGENT } from './version.ts';

/** Runs npm or npx with what follows its name; resolves to the exit status. */
export async function main(program: 'npm' | 'npx', argv: readonly string[], platform: () => Platform): Promise<number> {
  try {
    return program === 'npx' ? await npx(argv, platform) : await npm(argv, platform);
  } catch (error) {
    return printFailure(error);
  }
}

function npx(argv: readonly string[], platform: () => Platform): Promise<number> {
  const { flags, positionals } = splitNpx(argv);
  if (flags.version) return say(NPM_VERSION);
  return exec(platform(), findRoot(flags.prefix), positionals, flags);
}

interface Command extends CommandLine {
  platform: () => Platform;
  root: string;
  args: string[];
}

const COMMANDS: Record<string, (command: Command) => Promise<number>> = {
  install: ({ platform, root, args, rest, flags }) => install(platform(), { root, add: [...args, ...rest], remove: [], frozen: false, flags }),
  ci: ({ platform, root, flags }) => install(platform(), { root, add: [], remove: [], frozen: true, flags }),
  uninstall: ({ platform, root, args, flags }) => {
    if (args.length === 0) throw new NpmFailure('EUSAGE', ['Name what to remove: npm uninstall <package>']);
    return install(platform(), { root, add: [], remove: args, frozen: false, flags });
  },
  run: ({ root, args: [name, ...args], rest, flags }) => runScript(root, name, [...args, ...rest], flags),
  test: ({ root, args, rest, flags }) => runScript(root, 'test', [...args, ...rest], flags),
  start: ({ root, args, rest, flags }) => runScript(root, 'start', [...args, ...rest], flags),
  stop: ({ root, args, rest, flags }) => runScript(root, 'stop', [...args, ...rest], flags),
  exec: ({ platform, root, args, rest, flags }) => exec(platform(), root, [...args, ...rest], flags),
  init: ({ platform, root, args: [name, ...args], rest, flags }) => {
    if (name === undefined) return init(flags.prefix === undefined ? process.cwd() : root, flags.yes);
    return exec(platform(), root, [initializerOf(name), ...args, ...rest], flags);
  },
  ls: async ({ root, args, flags }) => list(root, args, flags.json),
  root: ({ root }) => say(join(root, 'node_modules')),
  prefix: ({ root }) => say(root),
  config: ({ root, args: [action, key] }) => config(root, action, key),
  get: ({ root, args: [key] }) => config(root, 'get', key),
};

const ALIASES: Record<string, string> = {
  i: 'install', in: 'install', add: 'install', isntall: 'install',
  'clean-install': 'ci', ic: 'ci',
  un: 'uninstall', rm: 'uninstall', r: 'uninstall', remove: 'uninstall', unlink: 'uninstall',
  'run-script': 'run', rum: 'run', urn: 'run', t: 'test', tst: 'test', x: 'exec',
  create: 'init', innit: 'init', list: 'ls', ll: 'ls', la: 'ls', c: 'config',
};

async function npm(argv: readonly string[], platform: () => Platform): Promise<number> {
  const line = parseCommandLine(argv);
  const [name, ...args] = line.positionals;
  if (name === undefined) return line.flags.version ? say(NPM_VERSION) : usage(line.flags.help ? 0 : 1);
  if (name === 'help') return usage(0);
  const command = COMMANDS[ALIASES[name] ?? name];
  if (command === undefined) throw new NpmFailure('ENOTSUP', [`"npm ${name}" is not supported in the container.`, `Supported: ${Object.keys(COMMANDS).join(', ')}.`]);
  return command({ ...line, platform, root: findRoot(line.flags.prefix), args });
}

function config(root: string, action: string | undefined, key: string | undefined): Promise<number> {
  if (action !== 'get' || key === undefined) throw new NpmFailure('ENOTSUP', ['Only "npm config get <key>" is supported: packages come from the package service, which holds npm\'s settings.']);
  const known: Record<string, string> = { prefix: '/usr', 'local-prefix': root, cache: join(homedir(), '.npm'), userconfig: join(homedir(), '.npmrc'), 'user-agent': USER_AGENT, 'init-version': '1.0.0', 'init-license': 'ISC', 'save-prefix': '^' };
  return say(known[key] ?? 'undefined');
}

async function say(text: string): Promise<number> {
  process.stdout.write(`${text}\n`);
  return 0;
}

async function usage(status: number): Promise<number> {
  process.stdout.write(`npm <command>\n\nUsage:\n\nnpm install        install all the dependencies in your project\nnpm install <foo>  add the <foo> dependency to your project\nnpm test           run this project's tests\nnpm run <foo>      run the script named <foo>\n\nAll commands:\n\n    ${Object.keys(COMMANDS).join(', ')}\n\nnpm@${NPM_VERSION}\n`);
  return status;
}
