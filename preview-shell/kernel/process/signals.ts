/** Linux signal numbers (signal(7), x86) and what they do to a process that does not handle them. */
import { SysError } from '../../abi/errno.ts';

export const SIGNALS = {
  SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9, SIGUSR1: 10,
  SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15, SIGSTKFLT: 16, SIGCHLD: 17, SIGCONT: 18, SIGSTOP: 19,
  SIGTSTP: 20, SIGTTIN: 21, SIGTTOU: 22, SIGURG: 23, SIGXCPU: 24, SIGXFSZ: 25, SIGVTALRM: 26, SIGPROF: 27, SIGWINCH: 28,
  SIGIO: 29, SIGPWR: 30, SIGSYS: 31,
} as const;

export type SignalName = keyof typeof SIGNALS;

const NAMES = new Map<number, SignalName>(Object.entries(SIGNALS).map(([name, number]) => [number, name as SignalName]));
/** SIGPIPE: Node ignores it at start. */
const IGNORED_BY_DEFAULT: ReadonlySet<SignalName> = new Set(['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH', 'SIGPIPE']);
const STOPPING: ReadonlySet<SignalName> = new Set(['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']);

export type DefaultAction = 'terminate' | 'ignore' | 'stop';

/** @throws {SysError} EINVAL for a number that is no signal. */
export function signalName(number: number): SignalName {
  const name = NAMES.get(number);
  if (name === undefined) throw new SysError('EINVAL', `signal ${number}`);
  return name;
}

/** @throws {SysError} EINVAL */
export function parseSignal(signal: number | string): SignalName {
  if (typeof signal === 'number') return signalName(signal);
  if (!(signal in SIGNALS)) throw new SysError('EINVAL', `signal ${signal}`);
  return signal as SignalName;
}

export function defaultAction(signal: SignalName): DefaultAction {
  if (IGNORED_BY_DEFAULT.has(signal)) return 'ignore';
  return STOPPING.has(signal) ? 'stop' : 'terminate';
}

/** SIGKILL and SIGSTOP cannot be handled. */
export function canHandle(signal: SignalName): boolean {
  return signal !== 'SIGKILL' && signal !== 'SIGSTOP';
}
