import type { ProcessImage } from '../../abi/thread.ts';

/** Which script of internal/main Node runs for these arguments (StartExecution, node.cc). */
export function mainScript(image: ProcessImage, stdinIsTty: boolean): string {
  const has = (...names: string[]) => image.execArgv.some((argument) => names.some((name) => argument === name || argument.startsWith(`${name}=`)));
  if (has('--test')) return 'internal/main/test_runner';
  if (has('--watch')) return 'internal/main/watch_mode';
  if (has('-e', '--eval', '-p', '--print', '-pe')) return 'internal/main/eval_string';
  if (has('-c', '--check')) return 'internal/main/check_syntax';
  if (has('-h', '--help')) return 'internal/main/print_help';
  if (image.argv.length > 1 && image.argv[1] !== '-') return 'internal/main/run_main_module';
  return has('-i', '--interactive') || stdinIsTty ? 'internal/main/repl' : 'internal/main/eval_stdin';
}
