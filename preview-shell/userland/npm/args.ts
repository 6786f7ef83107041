/** Command lines of npm and npx. */
import { parseArgs } from 'node:util';

export interface Flags {
  dev: boolean;
  prod: boolean;
  optional: boolean;
  peer: boolean;
  exact: boolean;
  noSave: boolean;
  global: boolean;
  yes: boolean;
  silent: boolean;
  ifPresent: boolean;
  ignoreScripts: boolean;
  json: boolean;
  all: boolean;
  version: boolean;
  help: boolean;
  prefix: string | undefined;
  call: string | undefined;
  packages: string[];
  omit: string[];
}

export interface CommandLine {
  flags: Flags;
  positionals: string[];
  /** What stands after `--`. */
  rest: string[];
}

const OPTIONS = {
  'save-dev': { type: 'boolean', short: 'D' },
  'save-prod': { type: 'boolean', short: 'P' },
  'save-optional': { type: 'boolean', short: 'O' },
  'save-peer': { type: 'boolean' },
  'save-exact': { type: 'boolean', short: 'E' },
  save: { type: 'boolean', short: 'S' },
  global: { type: 'boolean', short: 'g' },
  yes: { type: 'boolean', short: 'y' },
  silent: { type: 'boolean', short: 's' },
  'if-present': { type: 'boolean' },
  'ignore-scripts': { type: 'boolean' },
  json: { type: 'boolean' },
  all: { type: 'boolean', short: 'a' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
  production: { type: 'boolean' },
  prefix: { type: 'string', short: 'C' },
  call: { type: 'string', short: 'c' },
  package: { type: 'string', short: 'p', multiple: true },
  omit: { type: 'string', multiple: true },
  include: { type: 'string', multiple: true },
  only: { type: 'string' },
  loglevel: { type: 'string' },
} as const;

/** Unknown options are npm settings without meaning here, as `--no-audit`; npm accepts any. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const end = argv.indexOf('--');
  const { values, positionals } = parseArgs({ args: argv.slice(0, end < 0 ? undefined : end), options: OPTIONS, strict: false, allowPositionals: true, allowNegative: true });
  const on = (name: keyof typeof OPTIONS) => values[name] === true;
  const text = (name: keyof typeof OPTIONS) => (typeof values[name] === 'string' ? values[name] : undefined);
  const list = (name: keyof typeof OPTIONS) => (Array.isArray(values[name]) ? values[name].filter((one) => typeof one === 'string') : []);
  const flags: Flags = {
    dev: on('save-dev'),
    prod: on('save-prod'),
    optional: on('save-optional'),
    peer: on('save-peer'),
    exact: on('save-exact'),
    noSave: values.save === false,
    global: on('global'),
    yes: on('yes'),
    silent: on('silent') || text('loglevel') === 'silent',
    ifPresent: on('if-present'),
    ignoreScripts: on('ignore-scripts'),
    json: on('json'),
    all: on('all'),
    version: on('version'),
    help: on('help'),
    prefix: text('prefix'),
    call: text('call'),
    packages: list('package'),
    omit: omitted(list('omit'), list('include'), on('production') || text('only') === 'prod'),
  };
  return { flags, positionals, rest: end < 0 ? [] : argv.slice(end + 1) };
}

/** docs.npmjs.com/cli/v10/using-npm/config#omit: NODE_ENV=production omits dev; include wins. */
function omitted(omit: string[], include: string[], production: boolean): string[] {
  const all = new Set([...omit, ...(production || process.env['NODE_ENV'] === 'production' ? ['dev'] : [])]);
  return [...all].filter((kind) => !include.includes(kind));
}

/** Options of npx end at the command: `npx -y create-vite --help` gives --help to create-vite. */
export function splitNpx(argv: readonly string[]): CommandLine {
  const valued = new Set(['-p', '--package', '-c', '--call', '--prefix', '-C']);
  let at = 0;
  while (at < argv.length && argv[at]?.startsWith('-') === true && argv[at] !== '--') at += valued.has(argv[at] ?? '') ? 2 : 1;
  const { flags } = parseCommandLine(argv.slice(0, at));
  return { flags, positionals: argv.slice(argv[at] === '--' ? at + 1 : at), rest: [] };
}
