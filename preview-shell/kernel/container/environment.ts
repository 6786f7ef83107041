/** What a program finds in its environment. */
export const SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin';
export const HOME = '/home';

/** Variables of every command, under those that its caller gives. */
export function baseEnvironment(cwd: string, hasTerminal: boolean): Record<string, string> {
  return {
    HOME, PATH: SEARCH_PATH, PWD: cwd, SHELL: '/bin/sh', USER: 'user', LOGNAME: 'user', LANG: 'en_US.UTF-8', TMPDIR: '/tmp', HOSTNAME: 'terrarium',
    ...(hasTerminal ? { TERM: 'xterm-256color', COLORTERM: 'truecolor' } : {}),
  };
}
