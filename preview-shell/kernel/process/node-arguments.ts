/** Which arguments of a `node` command are Node's own (`process.execArgv`) and which are the program's (`process.argv`). */

/**
 * Options whose value is the next argument when there is no `=`: the string, list, number and host:port options of Node v22
 * (`getCLIOptionsInfo()` of internal/options). V8's options take values only with `=`.
 */
const TAKES_VALUE: ReadonlySet<string> = new Set([
  '-e', '--eval', '-pe', '-r', '--require', '-C', '--conditions', '--import', '--loader', '--experimental-loader',
  '--run', '--experimental-sea-config', '--env-file', '--env-file-if-exists', '--cpu-prof-dir', '--heapsnapshot-signal',
  '--diagnostic-dir', '--inspect-publish-uid', '--cpu-prof-name', '--input-type', '--max-old-space-size-percentage',
  '--build-snapshot-config', '--dns-result-order', '--heap-prof-dir', '--experimental-default-type', '--snapshot-blob',
  '--unhandled-rejections', '--tls-cipher-list', '--disable-proto', '--trace-event-file-pattern', '--trace-event-categories',
  '--experimental-test-isolation', '--report-dir', '--report-directory', '--title', '--icu-data-dir', '--report-filename',
  '--trace-require-module', '--test-shard', '--use-largepages', '--openssl-config', '--watch-kill-signal',
  '--localstorage-file', '--experimental-config-file', '--redirect-warnings', '--heap-prof-name', '--tls-keylog',
  '--report-signal', '--test-timeout', '--heap-prof-interval', '--cpu-prof-interval', '--test-coverage-functions',
  '--test-concurrency', '--test-coverage-lines', '--network-family-autoselection-attempt-timeout',
  '--test-coverage-branches', '--max-http-header-size', '--test-coverage-include', '--test-skip-pattern',
  '--test-coverage-exclude', '--allow-fs-read', '--allow-fs-write', '--security-revert', '--security-reverts',
  '--watch-path', '--test-reporter-destination', '--test-name-pattern', '--test-reporter', '--disable-warning',
  '--inspect-port', '--debug-port', '--secure-heap-min', '--v8-pool-size', '--secure-heap', '--stack-trace-limit',
  '--heapsnapshot-near-heap-limit',
]);
/** `-p` alone prints what `-e` gives; with an argument that is no option it is `-pe`. */
const MAY_TAKE_VALUE: ReadonlySet<string> = new Set(['-p', '--print']);

export interface NodeArguments {
  execArgv: string[];
  /** The script first, unless code comes from `--eval`, standard input, `--test` or the like. */
  rest: string[];
}

/** Splits what follows `node`, as node::ProcessGlobalArgs does: options end at the first other argument, `-` or `--`. */
export function splitNodeArguments(args: readonly string[]): NodeArguments {
  const execArgv: string[] = [];
  let at = 0;
  while (at < args.length) {
    const argument = args[at] ?? '';
    if (argument === '--') return { execArgv, rest: args.slice(at + 1) };
    if (!argument.startsWith('-') || argument === '-') break;
    execArgv.push(argument);
    at++;
    const next = args[at];
    const takesNext = TAKES_VALUE.has(argument) || (MAY_TAKE_VALUE.has(argument) && next !== undefined && !next.startsWith('-'));
    if (!takesNext || next === undefined) continue;
    execArgv.push(next);
    at++;
  }
  return { execArgv, rest: args.slice(at) };
}
