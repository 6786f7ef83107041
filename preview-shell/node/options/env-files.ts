import { parseDotenv } from '../bindings/util/dotenv.ts';
import { OptionError } from './parse.ts';

const OPTION = '--env-file';
const OPTIONAL = '--env-file-if-exists';

export interface EnvFileReader {
  /** Undefined when there is no such file. @throws when it cannot be read */
  read(path: string): string | undefined;
  /** Prints a line that is no error. */
  warn(line: string): void;
}

/**
 * The environment with what the files of `--env-file` add (nodejs.org/api/cli.html#--env-filefile): a later file wins over an earlier one, and the
 * environment that is there over both.
 * @throws {OptionError}
 */
export function withEnvFiles(execArgv: readonly string[], env: Readonly<Record<string, string>>, files: EnvFileReader): Record<string, string> {
  const added: Record<string, string> = {};
  for (const { path, optional } of envFiles(execArgv)) Object.assign(added, readOne(path, optional, files));
  return { ...added, ...env };
}

function readOne(path: string, optional: boolean, files: EnvFileReader): Record<string, string> {
  let text: string | undefined;
  try {
    text = files.read(path);
  } catch {
    throw new OptionError(`${path}: invalid format`);
  }
  if (text !== undefined) return parseDotenv(text);
  if (!optional) throw new OptionError(`${path}: not found`);
  files.warn(`${path} not found. Continuing without it.`);
  return {};
}

function envFiles(execArgv: readonly string[]): { path: string; optional: boolean }[] {
  const found: { path: string; optional: boolean }[] = [];
  for (const [at, argument] of execArgv.entries()) {
    if (argument === '--') break;
    const [name, ...rest] = argument.split('=');
    if (name !== OPTION && name !== OPTIONAL) continue;
    const path = rest.length > 0 ? rest.join('=') : execArgv[at + 1];
    if (path !== undefined) found.push({ path, optional: name === OPTIONAL });
  }
  return found;
}
