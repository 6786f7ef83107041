/**
 * `sh -c 'vite --port 3000'`: a command line of one program and plain words. A shell would execute it in its own place (as dash and bash do),
 * so no shell is started for it: a process less in each npm script.
 */

/** Names that the shell itself answers to: POSIX.1-2024 XCU 2.4 (reserved words), 2.15 (special built-ins), 1.7 (intrinsic utilities), and bash's. */
const THE_SHELLS_OWN = new Set([
  'case', 'coproc', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'function', 'if', 'in', 'select', 'then', 'time', 'until', 'while',
  'break', 'continue', 'eval', 'exec', 'exit', 'export', 'readonly', 'return', 'set', 'shift', 'times', 'trap', 'unset', 'source', '.', ':',
  'alias', 'bg', 'cd', 'command', 'fc', 'fg', 'getopts', 'hash', 'jobs', 'kill', 'read', 'type', 'ulimit', 'umask', 'unalias', 'wait',
  'bind', 'builtin', 'caller', 'compgen', 'complete', 'declare', 'dirs', 'disown', 'enable', 'help', 'history', 'let', 'local', 'logout', 'mapfile', 'popd', 'pushd',
  'readarray', 'shopt', 'suspend', 'typeset', 'variables', 'echo', 'printf', 'test', '[', 'pwd', 'true', 'false',
]);

/** Characters that mean themselves in an unquoted word, wherever they stand. */
const PLAIN = String.raw`[\w./:@%+,-]`;
const WORD = new RegExp(`(?:${PLAIN}+|'[^'\\n]*'|"[^"$\`\\\\!\\n]*")+`, 'y');
/** `NAME=value` before the command sets a variable; a word like `--mode=x` behind it is a word. */
const ARGUMENT = new RegExp(`(?:${PLAIN}|=|'[^'\\n]*'|"[^"$\`\\\\!\\n]*")+`, 'y');

/** Words of a command line that a shell would execute in its place, or undefined for all that needs a shell. */
export function simpleCommand(line: string): string[] | undefined {
  const words: string[] = [];
  for (let at = skipBlanks(line, 0); at < line.length; at = skipBlanks(line, at)) {
    const pattern = words.length === 0 ? WORD : ARGUMENT;
    pattern.lastIndex = at;
    const [raw] = pattern.exec(line) ?? [];
    if (raw === undefined) return undefined;
    at += raw.length;
    if (at < line.length && !/[ \t]/.test(line[at] ?? '')) return undefined;
    words.push(raw.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''));
  }
  const [name] = words;
  return name === undefined || name === '' || THE_SHELLS_OWN.has(name) ? undefined : words;
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line[at] === ' ' || line[at] === '\t') at++;
  return at;
}
